/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms that are published, as they come to the store: store/form-files.c. Tests are named after its invariants. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store-fixture.h"
#include "store/form-files.h"

static GBytes *
read_fixture (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "fixtures", "published", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;
  gsize length;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (text, length);
}

/* (transfer full): the market form, its version put in place of 1. */
static GBytes *
make_xml (const char *version)
{
  g_autoptr (GBytes) xml = read_fixture ("market.xml");
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (xml, NULL), (gssize) g_bytes_get_size (xml));
  g_autofree char *attribute = g_strdup_printf ("version=\"%s\"", version);

  g_string_replace (text, "version=\"1\"", attribute, 1);
  return g_bytes_new (text->str, text->len);
}

static void
tell (guint8 *ret_sha256, guint64 *ret_bytes, GBytes *content)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (content, &length);

  soban_sha256_of (data, length, ret_sha256);
  *ret_bytes = length;
}

static SobanFormOffer *
make_offer (const char *version, GBytes *xml)
{
  SobanFormOffer *offer = soban_form_offer_new ("market_visit", version);
  g_autoptr (GBytes) list = read_fixture ("markets.csv");
  SobanFormFile *file = soban_form_offer_add_file (offer, "markets.csv");

  tell (offer->sha256, &offer->bytes, xml);
  tell (file->sha256, &file->bytes, list);
  return offer;
}

static GPtrArray *
new_offers (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) soban_form_offer_free);
}

/* Brings @content, in pieces of @step bytes, wherever it is missing. */
static void
bring (StoreFixture *fixture, const GPtrArray *offers, GBytes *content, gsize step)
{
  g_autoptr (GArray) missing = soban_store_list_missing_contents (fixture->store, offers, NULL);
  guint8 sha256[SOBAN_SHA256_BYTES];
  guint64 bytes;

  tell (sha256, &bytes, content);
  for (guint i = 0; i < missing->len; i++) {
    SobanMissingContent *item = &g_array_index (missing, SobanMissingContent, i);
    g_autoptr (GError) error = NULL;

    while (memcmp (item->sha256, sha256, sizeof sha256) == 0 && item->have < item->bytes) {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (content, item->have, MIN (step, item->bytes - item->have));

      g_assert_true (soban_store_add_form_piece (fixture->store, item, piece, &error));
      g_assert_no_error (error);
    }
  }
}

static guint
count_missing (StoreFixture *fixture, const GPtrArray *offers)
{
  g_autoptr (GArray) missing = soban_store_list_missing_contents (fixture->store, offers, NULL);

  return missing->len;
}

static void
take (StoreFixture *fixture, const GPtrArray *offers, guint64 fingerprint)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (soban_store_take_forms (fixture->store, offers, fingerprint, &error));
  g_assert_no_error (error);
}

static guint64
get_fingerprint (StoreFixture *fixture)
{
  guint64 fingerprint;

  g_assert_true (soban_store_get_forms_fingerprint (fixture->store, &fingerprint, NULL));
  return fingerprint;
}

static const SobanFormEntry *
find_entry (StoreFixture *fixture)
{
  return soban_form_library_find (soban_store_get_forms (fixture->store), "market_visit");
}

static void
bring_version (StoreFixture *fixture, GPtrArray *offers, const char *version)
{
  g_autoptr (GBytes) xml = make_xml (version);
  g_autoptr (GBytes) list = read_fixture ("markets.csv");

  g_ptr_array_add (offers, make_offer (version, xml));
  bring (fixture, offers, xml, 700);
  bring (fixture, offers, list, 1000);
}

static guint
count_found (StoreFixture *fixture, const char *text)
{
  const SobanRecordQuery query = { .search = text };
  g_autoptr (GArray) ids = soban_store_list_records (fixture->store, &query, NULL);

  return ids->len;
}

static void
test_a_version_is_taken_when_it_is_whole (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers ();
  g_autoptr (GBytes) xml = make_xml ("1");
  g_autoptr (GBytes) list = read_fixture ("markets.csv");
  g_autoptr (GBytes) file = NULL;
  g_autoptr (SobanForm) form = NULL;

  store_fixture_init (&fixture);
  g_ptr_array_add (offers, make_offer ("1", xml));
  g_assert_cmpuint (count_missing (&fixture, offers), ==, 2);
  bring (&fixture, offers, xml, 100);
  take (&fixture, offers, 77);
  g_assert_null (find_entry (&fixture));
  g_assert_cmpuint (get_fingerprint (&fixture), ==, 0);
  g_assert_cmpuint (count_missing (&fixture, offers), ==, 1);
  bring (&fixture, offers, list, 100);
  take (&fixture, offers, 77);
  g_assert_cmpuint (get_fingerprint (&fixture), ==, 77);
  g_assert_cmpuint (count_missing (&fixture, offers), ==, 0);
  g_assert_true (find_entry (&fixture)->offered);
  g_assert_cmpstr (find_entry (&fixture)->title, ==, "Market visit");
  file = soban_store_get_form_file (fixture.store, "market_visit", "1", "jr://file-csv/markets.csv", NULL);
  g_assert_true (g_bytes_equal (file, list));
  g_assert_null (soban_store_get_form_file (fixture.store, "market_visit", "1", "other.csv", NULL));
  /* And so after the program was closed. */
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  g_assert_true (find_entry (&fixture)->offered);
  form = soban_form_library_get (soban_store_get_forms (fixture.store), "market_visit", NULL, NULL);
  g_assert_cmpstr (soban_form_get_version (form), ==, "1");
  store_fixture_clear (&fixture);
}

static void
test_a_content_has_its_hash (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers ();
  g_autoptr (GBytes) xml = make_xml ("1"), other = make_xml ("2"), longer = NULL, none = g_bytes_new (NULL, 0);
  g_autoptr (GArray) missing = NULL;
  g_autoptr (GError) error = NULL;
  SobanMissingContent *first;

  store_fixture_init (&fixture);
  g_ptr_array_add (offers, make_offer ("1", xml));
  missing = soban_store_list_missing_contents (fixture.store, offers, NULL);
  first = &g_array_index (missing, SobanMissingContent, 0);
  g_assert_false (soban_store_add_form_piece (fixture.store, first, other, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpuint (first->have, ==, 0);
  g_assert_false (soban_store_add_form_piece (fixture.store, first, none, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_clear_error (&error);
  longer = g_bytes_new_take (g_malloc0 (first->bytes + 1), first->bytes + 1);
  g_assert_false (soban_store_add_form_piece (fixture.store, first, longer, &error));
  g_assert_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT);
  g_assert_cmpuint (count_missing (&fixture, offers), ==, 2);
  bring (&fixture, offers, xml, G_MAXSIZE);
  g_assert_cmpuint (count_missing (&fixture, offers), ==, 1);
  store_fixture_clear (&fixture);
}

/* A collector that lets through what this program cannot read, or another form than it says. */
static void
test_a_bad_form_is_left_out (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers ();
  g_autoptr (GBytes) bomb = g_bytes_new_static ("<!DOCTYPE a [<!ENTITY a \"b\">]><a>&a;</a>", 40), other = make_xml ("2");
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GBytes) levels = NULL;

  store_fixture_init (&fixture);
  for (guint i = 0; i < 10000; i++)
    g_string_append (deep, "<a>");
  levels = g_bytes_new (deep->str, deep->len);
  bring_version (&fixture, offers, "3");
  g_ptr_array_add (offers, make_offer ("1", bomb));
  g_ptr_array_add (offers, make_offer ("5", other));
  g_ptr_array_add (offers, make_offer ("6", levels));
  bring (&fixture, offers, bomb, 100);
  bring (&fixture, offers, other, 1000);
  bring (&fixture, offers, levels, G_MAXSIZE);
  take (&fixture, offers, 9);
  /* The good one is there, and the list is not asked for again. */
  g_assert_true (find_entry (&fixture)->offered);
  g_assert_null (soban_form_library_get (soban_store_get_forms (fixture.store), "market_visit", "1", NULL));
  g_assert_null (soban_form_library_get (soban_store_get_forms (fixture.store), "market_visit", "5", NULL));
  g_assert_cmpuint (get_fingerprint (&fixture), ==, 9);
  store_fixture_clear (&fixture);
}

static char *
get_newest (StoreFixture *fixture)
{
  g_autoptr (SobanForm) form = soban_form_library_get (soban_store_get_forms (fixture->store), "market_visit", NULL, NULL);

  return g_strdup (soban_form_get_version (form));
}

static void
test_what_the_list_says_is_offered (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers (), none = new_offers ();
  g_autofree char *both = NULL, *without = NULL;

  store_fixture_init (&fixture);
  bring_version (&fixture, offers, "1");
  take (&fixture, offers, 1);
  bring_version (&fixture, offers, "2");
  take (&fixture, offers, 2);
  both = get_newest (&fixture);
  g_assert_cmpstr (both, ==, "2");
  ((SobanFormOffer *) g_ptr_array_index (offers, 1))->withdrawn = TRUE;
  take (&fixture, offers, 3);
  without = get_newest (&fixture);
  g_assert_cmpstr (without, ==, "1");
  g_assert_true (find_entry (&fixture)->offered);
  take (&fixture, none, 0);
  g_assert_false (find_entry (&fixture)->offered);
  /* Records of it are still read with it. */
  {
    g_autoptr (SobanForm) kept = soban_form_library_get (soban_store_get_forms (fixture.store), "market_visit", "2", NULL);

    g_assert_nonnull (kept);
  }
  store_fixture_clear (&fixture);
}

static void
test_a_form_chooses_from_its_own_list (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers ();
  g_autoptr (SobanForm) form = NULL;
  g_autoptr (GError) error = NULL;
  SobanFormHost *host;

  store_fixture_init (&fixture);
  bring_version (&fixture, offers, "1");
  take (&fixture, offers, 1);
  form = soban_form_library_get (soban_store_get_forms (fixture.store), "market_visit", "1", NULL);
  host = soban_store_get_form_host (fixture.store);
  g_assert_nonnull (host->load_file (host->data, form, "jr://file-csv/markets.csv", &error));
  g_assert_no_error (error);
  g_assert_null (host->load_file (host->data, form, "jr://file-csv/units.csv", &error));
  g_assert_no_error (error);
  soban_store_form_host_free (host);
  store_fixture_clear (&fixture);
}

/* What came before its form is listed by its plain fields, and as the form says once that has come. */
static void
test_records_wait_for_their_form (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) offers = new_offers (), changes = new_changes ();
  const SobanRecordQuery query = { .form = "market_visit" };
  const SobanUuid id = { { 1, 2, 3 } };
  g_autoptr (GArray) rows = NULL;
  SobanChange *change;
  guint left = 1;

  store_fixture_init (&fixture);
  change = add_pulled (changes, 9, 1, &id, LATER (1), 0, "a_field_of_no_form", "Bản Đông");
  g_free (change->form);
  change->form = g_strdup ("market_visit");
  apply_changes (&fixture, changes, FIXTURE_COMMUNE, 2);
  g_assert_true (soban_store_derive_stale (fixture.store, 10, &left, NULL));
  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpuint (count_found (&fixture, "dong"), ==, 1);
  bring_version (&fixture, offers, "1");
  take (&fixture, offers, 1);
  assert_sound (&fixture);
  g_assert_true (soban_store_derive_stale (fixture.store, 10, &left, NULL));
  g_assert_cmpuint (left, ==, 0);
  rows = soban_store_list_records (fixture.store, &query, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpuint (count_found (&fixture, "dong"), ==, 0);
  assert_sound (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form-files/a-version-is-taken-when-it-is-whole", test_a_version_is_taken_when_it_is_whole);
  g_test_add_func ("/form-files/a-content-has-its-hash", test_a_content_has_its_hash);
  g_test_add_func ("/form-files/a-bad-form-is-left-out", test_a_bad_form_is_left_out);
  g_test_add_func ("/form-files/what-the-list-says-is-offered", test_what_the_list_says_is_offered);
  g_test_add_func ("/form-files/a-form-chooses-from-its-own-list", test_a_form_chooses_from_its_own_list);
  g_test_add_func ("/form-files/records-wait-for-their-form", test_records_wait_for_their_form);
  return g_test_run ();
}
