/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills a store with records as a tablet receives them from its collector, for benchmarks:
 *   fill-store STORE DATA_DIR SCOPE RECORDS [XFORM]
 * with XFORM also that form, as the collector publishes it. An old STORE is replaced. */
#include <stdlib.h>

#include <glib/gstdio.h>

#include "base/uuid.h"
#include "form/form.h"
#include "store/form-files.h"
#include "store/store.h"
#include "store/sync-store.h"

#define BATCH 1000
#define SENDER 7
#define INCARNATION G_GUINT64_CONSTANT (0x5eed)

static const char *const VILLAGES[] = { "Nà Lùng", "Bản Mạ", "Pác Cởm", "Tà Vải", "Nậm Choong", "Buôn Ma Rai" };
static const char TEAM[] = "0190a5c8-1b2c-7d3e-8f40-5a6b7c8d9e0f";
static const char *const TOPICS[] = { "01", "02 04", "06", "10 16" };

typedef struct {
  const SobanEntropy *entropy;
  const char *scope;
  gint64 start_ms;
} Filler;

static void
assign_number (SobanChange *change, const char *path, int value)
{
  g_autofree char *text = g_strdup_printf ("%d", value);

  soban_change_assign (change, path, text);
}

static SobanChange *
begin_change (const Filler *filler, guint64 number, const char *form)
{
  SobanChange *change = soban_change_new ();
  g_autofree char *instance = NULL;

  change->wall_ms = filler->start_ms + (gint64) number * 600 * 1000;
  change->id = (SobanChangeId) { SENDER, INCARNATION, number };
  change->record = soban_uuid_new_v7 (change->wall_ms, filler->entropy);
  change->form = g_strdup (form);
  change->form_version = g_strdup ("2026112201");
  change->scope = g_strdup (filler->scope);
  change->stamp = SOBAN_STAMP (change->wall_ms, 0);
  instance = soban_uuid_to_string (&change->record);
  soban_change_assign (change, "meta/instanceID", instance);
  soban_change_assign (change, "commune_id", filler->scope);
  return change;
}

/* The team of all sessions. */
static SobanChange *
make_team (const Filler *filler)
{
  SobanChange *change = begin_change (filler, 1, "communication_team");

  soban_uuid_parse (TEAM, &change->record);
  soban_change_assign (change, "name", "Tổ truyền thông Nà Lùng");
  return change;
}

/* A session every ten minutes, the last one now. */
static SobanChange *
make_session (const Filler *filler, guint64 number)
{
  SobanChange *change = begin_change (filler, number, "communication_session");
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_utc (change->wall_ms / 1000);
  g_autofree char *date = g_date_time_format (day, "%Y-%m-%d");
  int total = 12 + (int) (number % 60);

  soban_change_assign (change, "activity_date", date);
  soban_change_assign (change, "village_id", "other");
  soban_change_assign (change, "village_new", VILLAGES[number % G_N_ELEMENTS (VILLAGES)]);
  soban_change_assign (change, "team_id", TEAM);
  soban_change_assign (change, "topics", TOPICS[number % G_N_ELEMENTS (TOPICS)]);
  soban_change_assign (change, "method", "own_session");
  assign_number (change, "total", total);
  assign_number (change, "female", total / 2);
  assign_number (change, "minority", total / 3);
  return change;
}

static gboolean
apply_batch (SobanStore *store, const Filler *filler, guint64 from, guint64 to, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_change_free);
  g_autoptr (GPtrArray) cursors = g_ptr_array_new ();
  SobanCursor cursor = { (char *) filler->scope, to };
  SobanSyncResult result = { .changes = changes, .cursors = cursors };

  for (guint64 number = from; number <= to; number++) {
    g_ptr_array_add (changes, number == 1 ? make_team (filler) : make_session (filler, number));
  }
  g_ptr_array_add (cursors, &cursor);
  return soban_store_apply (store, &result, error);
}

static gboolean
fill (SobanStore *store, const Filler *filler, guint64 records, GError **error)
{
  const SobanEnrolment enrolment = {
    .device = SENDER + 1, .device_name = "bench", .url = "https://localhost:1", .key = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    .token = "bench", .role = "member", .scopes = filler->scope, .home_scope = filler->scope,
  };
  guint left = 0;

  if (!soban_store_enrol (store, &enrolment, error)) {
    return FALSE;
  }
  for (guint64 from = 1; from <= records; from += BATCH) {
    if (!apply_batch (store, filler, from, MIN (from + BATCH - 1, records), error)) {
      return FALSE;
    }
  }
  do {
    if (!soban_store_derive_stale (store, BATCH, &left, error)) {
      return FALSE;
    }
  } while (left > 0);
  return TRUE;
}

/* The only form that is offered beside those of the program. */
static gboolean
publish (SobanStore *store, const char *path, GError **error)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
  g_autoptr (GArray) missing = NULL;
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (GBytes) xml = NULL;
  SobanFormOffer *offer;
  char *text;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error)) {
    return FALSE;
  }
  xml = g_bytes_new_take (text, length);
  form = soban_form_parse (xml, error);
  if (form == NULL) {
    return FALSE;
  }
  offer = soban_form_offer_new (soban_form_get_id (form), soban_form_get_version (form));
  offer->bytes = length;
  soban_sha256_of (text, length, offer->sha256);
  g_ptr_array_add (offers, offer);
  missing = soban_store_list_missing_contents (store, offers, error);
  for (guint i = 0; missing != NULL && i < missing->len; i++) {
    if (!soban_store_add_form_piece (store, &g_array_index (missing, SobanMissingContent, i), xml, error)) {
      return FALSE;
    }
  }
  return missing != NULL && soban_store_take_forms (store, offers, 1, error);
}

static void
remove_old (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *file = g_strconcat (path, ends[i], NULL);

    g_remove (file);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (SobanStore) store = NULL;
  g_autoptr (GError) error = NULL;
  Filler filler = { .entropy = soban_entropy_system () };
  guint64 records;
  gboolean filled;

  if (argc < 5 || argc > 6 || !g_ascii_string_to_unsigned (argv[4], 10, 1, 100000000, &records, NULL)) {
    g_printerr ("usage: fill-store STORE DATA_DIR SCOPE RECORDS [XFORM]\n");
    return 2;
  }
  filler.scope = argv[3];
  filler.start_ms = soban_clock_wall_ms (soban_clock_system ()) - (gint64) records * 600 * 1000;
  remove_old (argv[1]);
  store = soban_store_open (argv[1], argv[2], NULL, &error);
  filled = store != NULL && fill (store, &filler, records, &error) && (argc < 6 || publish (store, argv[5], &error));
  if (store != NULL) {
    soban_store_close (store);
  }
  if (!filled) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  return 0;
}
