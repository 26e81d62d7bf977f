/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/speech.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#define DAEMON "speech-dispatcher"

/*
 * One connection reads one text. Each line of the script is sent when the one before was answered with "2xx "; any other answer ends it. After
 * the text the events are waited for: 702 it was read to its end, 703 somebody else had it stopped. Lines end in CR LF.
 */
struct _SobanSpeech {
  SobanVoice parent_instance;

  GPtrArray *script; /* (element-type utf8): what is sent, in order */
  guint step;        /* of the script: what is sent next */
  gboolean spawned;  /* the daemon was started: not twice */
  gboolean stopped;
  GSocketConnection *connection; /* (nullable) */
  GDataInputStream *answers;     /* (nullable) */
  char *sending;                 /* (nullable): what is under way */
  GString *queued;               /* what goes after it */
  gboolean leaving;              /* QUIT is said */
};

G_DEFINE_FINAL_TYPE (SobanSpeech, soban_speech, SOBAN_TYPE_VOICE)

static void connect_to (SobanSpeech *self);

/* (transfer full) (nullable): NULL when @address, as of SPEECHD_ADDRESS, is none. */
static GSocketConnectable *
parse_address (const char *address, GError **error)
{
  const char *path = strchr (address, ':');

  if (g_str_has_prefix (address, "unix_socket:")) {
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (path + 1));
  }
  if (g_str_has_prefix (address, "inet_socket:")) {
    return g_network_address_parse (path + 1, 6560, error);
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "SPEECHD_ADDRESS %s is no address", address);
  return NULL;
}

static char *
make_socket_path (void)
{
  return g_build_filename (g_get_user_runtime_dir (), "speech-dispatcher", "speechd.sock", NULL);
}

static GSocketConnectable *
find_address (GError **error)
{
  const char *address = g_getenv ("SPEECHD_ADDRESS");
  g_autofree char *path = NULL;

  if (address != NULL && *address != '\0') {
    return parse_address (address, error);
  }
  path = make_socket_path ();
  return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (path));
}

gboolean
soban_speech_is_installed (void)
{
  g_autofree char *path = make_socket_path ();
  g_autofree char *program = g_find_program_in_path (DAEMON);

  return program != NULL || g_getenv ("SPEECHD_ADDRESS") != NULL || g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
fail (SobanSpeech *self, const GError *error)
{
  g_debug ("Reading aloud: %s", error->message);
  soban_voice_end (SOBAN_VOICE (self), error);
}

/* ---- talking ---- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_io_stream_close_finish (G_IO_STREAM (source), result, &error)) {
    g_debug ("Closing the connection to the speaker: %s", error->message);
  }
}

static void write_queued (SobanSpeech *self);

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSpeech) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);

  g_clear_pointer (&self->sending, g_free);
  if (!ok) {
    fail (self, error);
  } else if (self->queued->len > 0) {
    write_queued (self);
  } else if (self->leaving) {
    g_io_stream_close_async (G_IO_STREAM (self->connection), G_PRIORITY_DEFAULT, NULL, on_closed, NULL);
  }
}

static void
write_queued (SobanSpeech *self)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  gsize length = self->queued->len;

  self->sending = g_string_free (self->queued, FALSE);
  self->queued = g_string_new (NULL);
  g_output_stream_write_all_async (out, self->sending, length, G_PRIORITY_DEFAULT, NULL, on_sent, g_object_ref (self));
}

/* An answer may be seen before it is seen that what it answers was sent. */
static void
send (SobanSpeech *self, const char *text)
{
  g_string_append (self->queued, text);
  if (self->sending == NULL) {
    write_queued (self);
  }
}

static void
say_goodbye (SobanSpeech *self)
{
  if (!self->leaving) {
    self->leaving = TRUE;
    send (self, self->stopped ? "STOP SELF\r\nQUIT\r\n" : "QUIT\r\n");
  }
}

/* FALSE: it is over. */
static gboolean
take_answer (SobanSpeech *self, const char *line)
{
  g_autoptr (GError) error = NULL;

  if (strlen (line) < 4 || line[3] == '-') { /* part of an answer of several lines */
    return TRUE;
  }
  if (line[0] == '2') {
    if (self->step < self->script->len) {
      send (self, g_ptr_array_index (self->script, self->step++));
    }
    return TRUE;
  }
  if (g_str_has_prefix (line, "702") || g_str_has_prefix (line, "703")) {
    say_goodbye (self);
    soban_voice_end (SOBAN_VOICE (self), NULL);
    return FALSE;
  }
  if (line[0] == '7') {
    return TRUE;
  }
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "the speaker answers: %s", line);
  say_goodbye (self);
  fail (self, error);
  return FALSE;
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSpeech) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  if (self->stopped) {
    return;
  }
  if (line == NULL) {
    if (error == NULL) {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "the speaker is gone");
    }
    fail (self, error);
    return;
  }
  if (take_answer (self, line)) {
    g_data_input_stream_read_line_async (self->answers, G_PRIORITY_DEFAULT, NULL, on_line, g_object_ref (self));
  }
}

/* ---- connecting ---- */

static void
on_spawned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSpeech) self = data;
  g_autoptr (GError) error = NULL;

  /* It says so when it runs already; then connecting tells. */
  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error)) {
    g_debug ("Starting the speaker: %s", error->message);
  }
  if (!self->stopped) {
    connect_to (self);
  }
}

static gboolean
spawn (SobanSpeech *self, GError **error)
{
  g_autofree char *program = g_find_program_in_path (DAEMON);
  g_autoptr (GSubprocess) process = NULL;

  if (program == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no speaker is installed");
    return FALSE;
  }
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, error, program, "--spawn", NULL);
  if (process == NULL) {
    return FALSE;
  }
  self->spawned = TRUE;
  g_subprocess_wait_check_async (process, NULL, on_spawned, g_object_ref (self));
  return TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSpeech) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (self->stopped) {
    return;
  }
  if (connection == NULL) {
    g_autoptr (GError) spawning = NULL;

    if (self->spawned || !spawn (self, &spawning)) {
      fail (self, spawning == NULL ? error : spawning);
    }
    return;
  }
  self->connection = g_steal_pointer (&connection);
  self->answers = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)));
  g_data_input_stream_set_newline_type (self->answers, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_data_input_stream_read_line_async (self->answers, G_PRIORITY_DEFAULT, NULL, on_line, g_object_ref (self));
  send (self, g_ptr_array_index (self->script, self->step++));
}

static void
connect_to (SobanSpeech *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) address = find_address (&error);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  if (address == NULL) {
    fail (self, error);
    return;
  }
  g_socket_client_connect_async (client, address, NULL, on_connected, g_object_ref (self));
}

static void
start (SobanVoice *voice)
{
  connect_to (SOBAN_SPEECH (voice));
}

static void
stop (SobanVoice *voice)
{
  SobanSpeech *self = SOBAN_SPEECH (voice);

  self->stopped = TRUE;
  if (self->connection != NULL) {
    say_goodbye (self);
  }
}

static void
soban_speech_finalize (GObject *object)
{
  SobanSpeech *self = SOBAN_SPEECH (object);

  g_ptr_array_unref (self->script);
  g_clear_object (&self->answers);
  g_clear_object (&self->connection);
  g_free (self->sending);
  g_string_free (self->queued, TRUE);
  G_OBJECT_CLASS (soban_speech_parent_class)->finalize (object);
}

static void
soban_speech_class_init (SobanSpeechClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_speech_finalize;
  SOBAN_VOICE_CLASS (klass)->start = start;
  SOBAN_VOICE_CLASS (klass)->stop = stop;
}

static void
soban_speech_init (SobanSpeech *self)
{
  self->script = g_ptr_array_new_with_free_func (g_free);
  self->queued = g_string_new (NULL);
}

/* (transfer full): the text as SSIP wants it: a line with a point alone ends it, so a point at the start of a line is doubled. */
static char *
make_message (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) message = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_strdelimit (lines[i], "\r", ' ');
    g_string_append_printf (message, "%s%s\r\n", *lines[i] == '.' ? "." : "", lines[i]);
  }
  g_string_append (message, ".\r\n");
  return g_string_free (g_steal_pointer (&message), FALSE);
}

SobanVoice *
soban_speech_new (const char *text, const char *language)
{
  SobanSpeech *self = g_object_new (SOBAN_TYPE_SPEECH, NULL);

  g_ptr_array_add (self->script, g_strdup ("SET SELF CLIENT_NAME soban:soban:question\r\n"));
  g_ptr_array_add (self->script, g_strdup_printf ("SET SELF LANGUAGE %s\r\n", language));
  g_ptr_array_add (self->script, g_strdup ("SET SELF NOTIFICATION END ON\r\n"));
  g_ptr_array_add (self->script, g_strdup ("SET SELF NOTIFICATION CANCEL ON\r\n"));
  g_ptr_array_add (self->script, g_strdup ("SPEAK\r\n"));
  g_ptr_array_add (self->script, make_message (text));
  return SOBAN_VOICE (self);
}
