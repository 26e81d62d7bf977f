/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "home/home-digest.h"

#include <glib/gi18n-lib.h>

#include "store/attachment-store.h"
#include "store/people.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "store/sync-store.h"

/* A team holds at least one communication activity a month (domain.md 2.3); where the plan has its own line, that
 * holds. */
#define SESSIONS_A_MONTH_MIN 1
#define NUMBERS_MAX 4

static void
clear_number (gpointer data)
{
  g_free (((SobanHomeNumber *)data)->label);
}

void
soban_home_digest_free (SobanHomeDigest *digest)
{
  g_free (digest->month);
  g_clear_pointer (&digest->forms, g_array_unref);
  g_clear_pointer (&digest->numbers, g_array_unref);
  g_clear_pointer (&digest->drafts, g_ptr_array_unref);
  g_free (digest->person);
  g_strfreev (digest->people);
  g_free (digest);
}

static gboolean
read_forms (SobanHomeDigest *digest, SobanStore *store, GError **error)
{
  const GPtrArray *entries = soban_form_library_list (soban_store_get_forms (store));

  for (guint i = 0; i < entries->len; i++) {
    SobanHomeForm form = { .entry = g_ptr_array_index (entries, i) };

    if (!form.entry->offered) {
      continue;
    }
    form.records = soban_store_count_records (store, form.entry->id,
                                              form.entry->kind == SOBAN_FORM_REGISTRY ? "" : digest->month, error);
    if (form.records < 0) {
      return FALSE;
    }
    g_array_append_val (digest->forms, form);
  }
  return TRUE;
}

static void
find_plan (SobanHomeNumber *number, SobanStore *store, const SobanIndicator *indicator, const char *month)
{
  g_autofree char *unit = soban_store_get_setting (store, SOBAN_SETTING_COMMUNE);
  g_autofree char *today = g_strconcat (month, "-01", NULL);
  const SobanTarget *target = soban_indicator_set_find_target (soban_store_get_indicators (store), indicator->id,
                                                               unit == NULL ? "" : unit, month, today);

  if (target != NULL) {
    number->plan = target->value;
  } else if (g_str_equal (indicator->id, "communication_sessions")) {
    number->plan = SESSIONS_A_MONTH_MIN;
    number->minimum = TRUE;
  }
}

/* The month's numbers: what the plan asks for first, then what happened; nothing that is neither. */
static gboolean
read_numbers (SobanHomeDigest *digest, SobanStore *store, GError **error)
{
  const GPtrArray *indicators = soban_indicator_set_list (soban_store_get_indicators (store));

  for (int planned = 1; planned >= 0; planned--) {
    for (guint i = 0; i < indicators->len && digest->numbers->len < NUMBERS_MAX; i++) {
      const SobanIndicator *indicator = g_ptr_array_index (indicators, i);
      SobanHomeNumber number = { NULL };
      double sum = 0;
      gint64 records = 0;

      if (*indicator->form == '\0' || indicator->percent_target) {
        continue;
      }
      find_plan (&number, store, indicator, digest->month);
      if ((number.plan > 0) != planned) {
        continue;
      }
      if (!soban_store_sum_facts (store, indicator->id, digest->month, &sum, &records, error)) {
        return FALSE;
      }
      number.value = (gint64)sum;
      if (number.value > 0 || number.plan > 0) {
        number.label = g_strdup (g_dgettext (GETTEXT_PACKAGE, indicator->label));
        g_array_append_val (digest->numbers, number);
      }
    }
  }
  return TRUE;
}

static gboolean
read_sync (SobanHomeDigest *digest, SobanStore *store, GError **error)
{
  guint64 photo_bytes;
  g_autofree char *url = soban_store_get_setting (store, SOBAN_SETTING_COLLECTOR_URL);
  g_autofree char *last = soban_store_get_setting (store, SOBAN_SETTING_LAST_SYNC_MS);

  digest->enrolled = url != NULL && *url != '\0';
  digest->last_sync_ms = last == NULL ? 0 : g_ascii_strtoll (last, NULL, 10);
  digest->person = soban_store_get_setting (store, SOBAN_SETTING_PERSON);
  digest->people = soban_store_list_people (store);
  digest->waiting = soban_store_count_waiting (store, error);
  return digest->waiting >= 0 && soban_store_count_attachments (store, &digest->photos, &photo_bytes, error);
}

SobanHomeDigest *
soban_home_digest_read (SobanStore *store, const char *month, GError **error)
{
  g_autoptr (SobanHomeDigest) digest = g_new0 (SobanHomeDigest, 1);

  digest->month = g_strdup (month);
  digest->forms = g_array_new (FALSE, FALSE, sizeof (SobanHomeForm));
  digest->numbers = g_array_new (FALSE, FALSE, sizeof (SobanHomeNumber));
  g_array_set_clear_func (digest->numbers, clear_number);
  digest->drafts = soban_store_list_drafts (store, error);
  if (digest->drafts == NULL || !read_numbers (digest, store, error)
      || !soban_store_count_to_look (store, &digest->to_look, error) || !read_forms (digest, store, error)
      || !read_sync (digest, store, error)) {
    g_prefix_error (error, "%s: ", _("Reading the home screen"));
    return NULL;
  }
  return g_steal_pointer (&digest);
}
