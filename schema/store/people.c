/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/people.h"

#include "store/people-private.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

GStrv
soban_store_list_people (SobanStore *store)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *person = soban_store_get_setting (store, SOBAN_SETTING_PERSON);
  g_autofree char *people = soban_store_get_setting (store, SOBAN_SETTING_PEOPLE);
  g_auto (GStrv) lines = g_strsplit (people ? people : "", "\n", -1);

  if (person && *person && !g_strv_contains ((const char *const *) lines, person))
    g_strv_builder_add (names, person);
  for (guint i = 0; lines[i]; i++)
    if (*lines[i])
      g_strv_builder_add (names, lines[i]);
  return g_strv_builder_end (names);
}

/* (transfer full) (nullable): as it is kept: NFC, words with one blank between them. */
static char *
clean_name (const char *name, GError **error)
{
  g_autofree char *normal = soban_text_normalize (name, -1);
  g_auto (GStrv) words = g_strsplit_set (normal ? normal : "", " \t\r\n", -1);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_string_append_printf (clean, "%s%s", clean->len > 0 ? " " : "", words[i]);
  if (clean->len == 0) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CONSTRAINT, _("A name must have at least one letter"));
    return NULL;
  }
  if (clean->len > SOBAN_PERSON_BYTES_MAX) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("This name is too long"));
    return NULL;
  }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

typedef struct {
  const char *person;
  const char *people;
} PeopleJob;

static gboolean
keep_people (SobanStore *store, gpointer data, GError **error)
{
  const PeopleJob *job = data;

  return soban_store_set_setting (store, SOBAN_SETTING_PERSON, job->person, error)
         && soban_store_set_setting (store, SOBAN_SETTING_PEOPLE, job->people, error);
}

gboolean
soban_store_add_person (SobanStore *store, const char *name, GError **error)
{
  g_auto (GStrv) names = soban_store_list_people (store);
  g_autofree char *clean = clean_name (name, error);
  g_autofree char *people = NULL;
  PeopleJob job = { .person = clean };

  if (!clean)
    return FALSE;
  if (g_strv_contains ((const char *const *) names, clean)) {
    people = g_strjoinv ("\n", names);
  } else {
    g_autofree char *before = g_strjoinv ("\n", names);

    if (g_strv_length (names) >= SOBAN_PEOPLE_MAX) {
      g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_LIMIT, _("At most %d people can write on one tablet"),
                   SOBAN_PEOPLE_MAX);
      return FALSE;
    }
    people = *before ? g_strconcat (before, "\n", clean, NULL) : g_strdup (clean);
  }
  job.people = people;
  return soban_store_save_together (store, keep_people, &job, error);
}

gboolean
soban_store_remove_person (SobanStore *store, const char *name, GError **error)
{
  g_auto (GStrv) names = soban_store_list_people (store);
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_autofree char *person = soban_store_get_setting (store, SOBAN_SETTING_PERSON);
  g_autofree char *people = NULL;
  g_auto (GStrv) others = NULL;
  PeopleJob job = { NULL, NULL };

  for (guint i = 0; names[i]; i++)
    if (!g_str_equal (names[i], name))
      g_strv_builder_add (left, names[i]);
  others = g_strv_builder_end (left);
  people = g_strjoinv ("\n", others);
  job.people = people;
  job.person = person && !g_str_equal (person, name) ? person : others[0];
  return soban_store_save_together (store, keep_people, &job, error);
}

/* (transfer full) (nullable): whom this opening of the store was given. */
static char *
get_guest (SobanStore *store)
{
  char *person;

  g_mutex_lock (&store->shared.lock);
  person = g_strdup (store->shared.person);
  g_mutex_unlock (&store->shared.lock);
  return person;
}

char *
soban_store_get_person (SobanStore *store)
{
  char *person = get_guest (store);

  return person ? person : soban_store_get_setting (store, SOBAN_SETTING_PERSON);
}

gboolean
soban_store_set_person (SobanStore *store, const char *name, GError **error)
{
  char *clean = clean_name (name, error);

  if (!clean)
    return FALSE;
  g_mutex_lock (&store->shared.lock);
  g_free (store->shared.person);
  store->shared.person = clean;
  g_mutex_unlock (&store->shared.lock);
  return TRUE;
}

gboolean
soban_person_get (SobanStore *store, char **ret_person, GError **error)
{
  *ret_person = get_guest (store);
  if (!*ret_person && !soban_settings_get (store, SOBAN_SETTING_PERSON, ret_person, error))
    return FALSE;
  if (!*ret_person)
    *ret_person = g_strdup ("");
  return TRUE;
}

/* A name beside a case would lead to whom it is about. */
static gboolean
may_be_named (SobanStore *store, const SobanChange *change)
{
  g_autoptr (SobanForm) form = soban_form_library_get (store->forms, change->form, change->form_version, NULL);

  if (!form)
    form = soban_form_library_get (store->forms, change->form, NULL, NULL);
  return form && !soban_form_is_sensitive (form);
}

gboolean
soban_log_append_person (SobanStore *store, SobanChange *change, const char *beginner, gint64 seen, const SobanFieldMap *before,
                         GError **error)
{
  g_autofree char *person = NULL;

  soban_store_assert_thread (store);
  if (!soban_person_get (store, &person, error))
    return FALSE;
  if (!*person && beginner) {
    g_free (person);
    person = g_strdup (beginner);
  }
  if (*person && may_be_named (store, change))
    soban_change_assign (change, SOBAN_FIELD_PERSON, person);
  return soban_log_append_own (store, change, seen, before, error);
}
