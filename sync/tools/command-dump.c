/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "bundle-source.h"
#include "frame-output.h"

#define PIECE_BYTES (64 * 1024)
#define TYPE_BITS 0x7f

/* A stream while it is printed. */
typedef struct {
  SobanRun *run;
  SobanBundleSource *bundle; /* (nullable): the file is a bundle */
  SobanFrameReader *reader;
  GString *out;
  guint64 fed;       /* bytes read of the file */
  guint64 place;     /* where what is printed next begins */
  gboolean answered; /* a REPLY has come */
} Dump;

static void
put_head (Dump *dump, guint8 coded_type, gsize length)
{
  const char *name = soban_frame_type_name ((SobanFrameType) (coded_type & TYPE_BITS));
  g_autofree char *number = g_strdup_printf ("%u", coded_type & TYPE_BITS);

  if (dump->place == 0)
    g_string_append_printf (dump->out, "stream 1.%u\n", soban_frame_reader_get_minor (dump->reader));
  dump->place = soban_frame_reader_get_place (dump->reader) - length;
  g_string_append_printf (dump->out, "frame %s at %" G_GUINT64_FORMAT " bytes %" G_GSIZE_FORMAT "%s\n", name != NULL ? name : number, dump->place,
                          length, coded_type & ~TYPE_BITS ? " deflated" : "");
}

/* Prints the frames that are there. */
static gboolean
put_frames (Dump *dump, GError **error)
{
  for (;;) {
    g_autoptr (GBytes) body = NULL;
    SobanFrameType type;
    guint8 coded_type;
    gsize length;

    if (!soban_frame_reader_next (dump->reader, &type, &body, error)) {
      dump->place = soban_frame_reader_get_place (dump->reader);
      return FALSE;
    }
    if (body == NULL)
      return TRUE;
    coded_type = soban_frame_reader_get_coded_type (dump->reader, &length);
    put_head (dump, coded_type, length);
    dump->answered |= type == SOBAN_FRAME_REPLY;
    if (!soban_frame_output (dump->out, type, body, dump->answered, error))
      return FALSE;
    g_print ("%s", dump->out->str);
    g_string_set_size (dump->out, 0);
  }
}

/* As text: a translation cannot hold the format of 64 bits. */
static char *
write_number (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/* Frames as they come, or out of a bundle. */
static gboolean
feed (Dump *dump, const guint8 *data, gsize length, GError **error)
{
  const GByteArray *plain;

  if (dump->fed == 0 && soban_bundle_source_is_one (data, length)) {
    dump->bundle = soban_bundle_source_new (dump->run, error);
    if (dump->bundle == NULL)
      return FALSE;
  }
  dump->fed += length;
  if (dump->bundle == NULL) {
    soban_frame_reader_feed (dump->reader, data, length);
    return put_frames (dump, error);
  }
  plain = soban_bundle_source_feed (dump->bundle, data, length, dump->out, error);
  if (plain == NULL)
    return FALSE;
  soban_frame_reader_feed (dump->reader, plain->data, plain->len);
  return put_frames (dump, error);
}

static gboolean
put_file (Dump *dump, GInputStream *file, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  gssize length;

  while ((length = g_input_stream_read (file, piece, PIECE_BYTES, NULL, error)) > 0) {
    if (!feed (dump, piece, (gsize) length, error)) {
      g_autofree char *place = write_number (dump->place);

      g_prefix_error (error, _("byte %s: "), place);
      return FALSE;
    }
  }
  if (length == 0 && dump->bundle != NULL && !soban_bundle_source_finish (dump->bundle, error))
    return FALSE;
  if (length == 0 && !soban_frame_reader_is_whole (dump->reader)) {
    g_autofree char *end = write_number (dump->fed);
    g_autofree char *place = write_number (soban_frame_reader_get_place (dump->reader));

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _("byte %s: cut here, in what begins at byte %s"), end, place);
    return FALSE;
  }
  return length == 0;
}

/* What stood in the file before the bad bytes is printed. */
static int
run_dump (SobanRun *run, int argc, char **argv, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (SobanFrameReader) reader = soban_frame_reader_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) breach = NULL;
  Dump dump = { .run = run, .reader = reader, .out = out };
  gboolean whole;

  if (!soban_run_parse (run, &soban_verb_dump, NULL, 1, 1, argc, argv, error))
    return SOBAN_EXIT_USAGE;
  file = g_file_new_for_commandline_arg (run->arguments[0]);
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return SOBAN_EXIT_FAILED;
  whole = put_file (&dump, G_INPUT_STREAM (stream), &breach);
  g_clear_pointer (&dump.bundle, soban_bundle_source_free);
  if (whole)
    return SOBAN_EXIT_DONE;
  g_print ("%s", out->str);
  /* That the tablet cannot open it is no fault of the file. */
  if (breach->domain == SOBAN_STORE_ERROR || g_error_matches (breach, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_NOT_ENROLLED)) {
    g_propagate_error (error, g_steal_pointer (&breach));
    return SOBAN_EXIT_FAILED;
  }
  g_printerr ("soban-sync: %s: %s\n", run->arguments[0], breach->message);
  return SOBAN_EXIT_FAILED;
}

const SobanVerb soban_verb_dump = { "dump", "FILE", N_("Print a request, an answer, a bundle or another stream of frames as text"), run_dump };
