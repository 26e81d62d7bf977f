/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of a form that a person made last on this tablet: the next one may begin with its answers. */
#include "config.h"

#include "store/people-private.h"

#include "base/limits.h"

#include <glib/gi18n-lib.h>

gboolean
soban_latest_remember (SobanStore *store, const char *person, const char *form, const SobanUuid *record, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database, "INSERT OR REPLACE INTO latest (person, form, record) VALUES (:person, :form, :record)",
      error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":person", person);
  soban_bind_text (statement, ":form", form);
  soban_bind_uuid (statement, ":record", record);
  return soban_run (statement, error);
}

typedef struct {
  const char *form;
  SobanUuid id;
  gboolean found;
} LatestJob;

static gboolean
find_of_person (SobanStore *store, LatestJob *job, const char *person, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT latest.record FROM latest JOIN summary ON summary.record = latest.record "
      "WHERE latest.person = :person AND latest.form = :form AND summary.deleted = 0",
      error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":person", person);
  soban_bind_text (statement, ":form", job->form);
  if (!soban_step (statement, &job->found, error))
    return FALSE;
  return !job->found || soban_column_uuid (statement, 0, &job->id);
}

/* The newest one of the tablet's team, wherever it was made. */
static gboolean
find_of_team (SobanStore *store, LatestJob *job, const char *team, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = soban_database_prepare (
      store->db_thread.database,
      "SELECT record FROM (SELECT key, record, team FROM summary WHERE form = :form AND deleted = 0 "
      "ORDER BY key DESC LIMIT :limit) WHERE team = :team ORDER BY key DESC LIMIT 1",
      error);

  if (!statement)
    return FALSE;
  soban_bind_text (statement, ":form", job->form);
  soban_bind_text (statement, ":team", team);
  soban_bind_int (statement, ":limit", SOBAN_LATEST_LOOKED_AT_MAX);
  if (!soban_step (statement, &job->found, error))
    return FALSE;
  return !job->found || soban_column_uuid (statement, 0, &job->id);
}

static gboolean
find_latest (SobanStore *store, gpointer data, GError **error)
{
  LatestJob *job = data;
  g_autofree char *person = NULL;
  g_autofree char *team = NULL;

  if (!soban_person_get (store, &person, error)
      || !soban_settings_get (store, SOBAN_SETTING_TEAM, &team, error)
      || !find_of_person (store, job, person, error))
    return FALSE;
  return job->found || !team || !*team || find_of_team (store, job, team, error);
}

SobanRecord *
soban_store_get_latest (SobanStore *store, const char *form, GError **error)
{
  LatestJob job = { .form = form };

  if (!soban_store_read (store, find_latest, &job, error)) {
    g_prefix_error (error, _("Looking for an earlier record: "));
    return NULL;
  }
  return job.found ? soban_store_get_record (store, &job.id, error) : NULL;
}
