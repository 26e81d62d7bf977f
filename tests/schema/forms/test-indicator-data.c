/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filled-form.h"

#include <string.h>

#include "base/language.h"
#include "base/unit-table.h"
#include "form/form-library.h"
#include "form/indicator.h"
#include "forms/labels.h"

#define BAO_YEN "02947@2025-07-01"

static SobanIndicatorSet *indicators;
static SobanFormLibrary *library;

static gboolean
is_label (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (SOBAN_INDICATOR_LABELS); i++)
    if (strcmp (SOBAN_INDICATOR_LABELS[i], text) == 0)
      return TRUE;
  return FALSE;
}

static void
test_labels_header_holds_what_the_table_holds (void)
{
  const GPtrArray *list = soban_indicator_set_list (indicators);
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (list->len, ==, 18);
  for (guint i = 0; i < list->len; i++) {
    const SobanIndicator *indicator = g_ptr_array_index (list, i);
    g_assert_true (is_label (indicator->label));
    g_assert_true (is_label (indicator->measure));
    g_hash_table_add (used, (gpointer) indicator->label);
    g_hash_table_add (used, (gpointer) indicator->measure);
  }
  g_assert_cmpuint (g_hash_table_size (used), ==, G_N_ELEMENTS (SOBAN_INDICATOR_LABELS));
}

static void
test_labels_are_in_the_vietnamese_catalogue (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanCatalogue) catalogue = soban_catalogue_load (soban_locale_dir (), "vi", &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (SOBAN_INDICATOR_LABELS); i++)
    if (soban_catalogue_text (catalogue, SOBAN_INDICATOR_LABELS[i]) == SOBAN_INDICATOR_LABELS[i])
      g_error ("“%s” has no Vietnamese text", SOBAN_INDICATOR_LABELS[i]);
}

static void
assert_field (SobanForm *form, const SobanIndicator *indicator, const char *field)
{
  if (*field != '\0' && soban_form_get_field_order (form, field) == G_MAXUINT)
    g_error ("%s: %s has no field %s", indicator->id, indicator->form, field);
}

static void
test_indicators_speak_of_forms_and_fields_that_exist (void)
{
  const GPtrArray *list = soban_indicator_set_list (indicators);
  guint core = 0;

  for (guint i = 0; i < list->len; i++) {
    const SobanIndicator *indicator = g_ptr_array_index (list, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (SobanForm) form = soban_form_library_get (library, indicator->form, NULL, &error);
    g_assert_no_error (error);
    assert_field (form, indicator, indicator->date_field);
    assert_field (form, indicator, indicator->unit_field);
    core += indicator->core ? 1 : 0;
  }
  g_assert_cmpuint (core, ==, 9);
}

static void
test_targets_and_results_speak_of_indicators_that_exist (void)
{
  const GPtrArray *targets = soban_indicator_set_list_targets (indicators);
  const GPtrArray *results = soban_indicator_set_list_results (indicators);

  g_assert_cmpuint (targets->len, ==, 7);
  for (guint i = 0; i < targets->len; i++) {
    const SobanTarget *target = g_ptr_array_index (targets, i);
    g_assert_nonnull (soban_indicator_set_find (indicators, target->indicator));
    g_assert_cmpint (target->value, >, 0);
    g_assert_cmpstr (target->source, !=, "");
  }
  g_assert_cmpuint (results->len, ==, 49);
  for (guint i = 0; i < results->len; i++) {
    const SobanPublishedResult *result = g_ptr_array_index (results, i);
    g_assert_nonnull (soban_indicator_set_find (indicators, result->indicator));
  }
  const SobanTarget *teams =
    soban_indicator_set_find_target (indicators, "communication_teams", "", "2021-2025", "2026-11-22");
  g_assert_nonnull (teams);
  g_assert_cmpint (teams->value, ==, 9000);
}

/* What the complete example of a form, with @answers changed, gives to the indicators: "id value date unit" lines. */
static const struct {
  const char *form;
  const char *answers;
  const char *facts;
} FACTS[] = {
  { "communication_session", "",
    "session_attendances 58 2026-11-20 " BAO_YEN "\ncommunication_sessions 1 2026-11-20 " BAO_YEN "\n" },
  { "communication_session", "method=loudspeaker\ntotal=\n", "communication_sessions 1 2026-11-20 " BAO_YEN "\n" },
  { "policy_dialogue", "activity_date=2025-11\n", "policy_dialogues 1 2025-11 " BAO_YEN "\n" },
  { "training", "",
    "monitoring_trainings 1 2026-11-20 " BAO_YEN "\nmonitoring_trainees 58 2026-11-20 " BAO_YEN "\n" },
  { "training", "program=women_cadres\n", "women_cadres 58 2026-11-20 " BAO_YEN "\n" },
  { "training", "program=gender_mainstreaming_2\n", "gender_mainstreaming_classes 1 2026-11-20 " BAO_YEN "\n" },
  { "training", "program=dialogue_skills\n", "" },
  { "event", "", "" },
  { "support_summary", "", "people_counselled 9 2026-11-01 \n" },
  { "support_summary", "nil=yes\n", "" },
  { "safe_birth_support", "", "safe_birth 11 2026-10-01 " BAO_YEN "\n" },
  { "communication_team", "", "" },
  { "communication_team", "status=active\n",
    "communication_teams 1 2023-11-25 " BAO_YEN "\nteam_members 10 2023-11-25 " BAO_YEN "\n" },
  { "communication_team", "status=stopped\n", "communication_teams 1 2023-11-25 " BAO_YEN "\n" },
  { "trusted_address", "", "trusted_addresses 1 2023-09-10 " BAO_YEN "\n" },
  { "leaders_club", "", "leaders_clubs 1 2023-11-23 " BAO_YEN "\nclub_children 30 2023-11-23 " BAO_YEN "\n" },
  { "livelihood_group", "",
    "livelihood_groups 1 2024-02-01 " BAO_YEN "\nwomen_owners 3 2024-02-01 " BAO_YEN "\n" },
  { "livelihood_group", "tech=\nfounded_date=\n", "women_owners 3  " BAO_YEN "\n" },
  { "other_model", "kind=savings_loan_group\n", "savings_loan_groups 1 2022-08-04 " BAO_YEN "\n" },
  { "other_model", "kind=trafficking_survivor_livelihood\n",
    "trafficking_survivor_livelihoods 1 2022-08-04 " BAO_YEN "\n" },
};

static void
test_record_gives_its_facts (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (FilledForm) filled = filled_form_new_example (FACTS[index].form, FACTS[index].answers);
  g_autoptr (GString) facts = g_string_new (NULL);

  g_autoptr (SobanFieldMap) fields = soban_form_instance_get_fields (filled->instance, TRUE);
  const SobanFormEntry *entry = soban_form_library_find (library, FACTS[index].form);
  g_autoptr (SobanDerived) derived = soban_derive (filled->form, entry, indicators, &filled->host, fields);
  for (guint i = 0; i < derived->facts->len; i++) {
    const SobanFact *fact = g_ptr_array_index (derived->facts, i);
    g_string_append_printf (facts, "%s %g %s %s\n", fact->indicator, fact->value, fact->date, fact->unit);
  }
  g_assert_cmpstr (facts->str, ==, FACTS[index].facts);
}

static void
test_units_of_the_examples_are_in_the_table (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanUnitTable) units = soban_unit_table_load (soban_data_dir (), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (soban_unit_table_find (units, "02947@2025-07-01")->full_name, ==, "xã Bảo Yên");
  g_assert_cmpstr (soban_unit_table_find (units, "02947@")->successor_uid, ==, "02947@2025-07-01");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  soban_language_init ("vi");
  indicators = soban_indicator_set_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  library = soban_form_library_load (soban_data_dir (), &error);
  g_assert_no_error (error);
  g_test_add_func ("/indicators/labels-header", test_labels_header_holds_what_the_table_holds);
  g_test_add_func ("/indicators/labels-in-vietnamese", test_labels_are_in_the_vietnamese_catalogue);
  g_test_add_func ("/indicators/forms-and-fields-exist", test_indicators_speak_of_forms_and_fields_that_exist);
  g_test_add_func ("/indicators/targets-and-results", test_targets_and_results_speak_of_indicators_that_exist);
  g_test_add_func ("/indicators/units-of-the-examples", test_units_of_the_examples_are_in_the_table);
  for (guint i = 0; i < G_N_ELEMENTS (FACTS); i++) {
    g_autofree char *name = g_strdup_printf ("/indicators/facts/%s/%u", FACTS[i].form, i);
    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_record_gives_its_facts);
  }
  int result = g_test_run ();
  soban_indicator_set_free (indicators);
  soban_form_library_unref (library);
  return result;
}
