/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/limits.h"
#include "certificate.h"
#include "command.h"
#include "devices.h"
#include "key-ring.h"
#include "protocol/enrolment-code.h"
#include "protocol/enrolment-file.h"
#include "token.h"

#define CODE_HOURS_VALID 24
#define NAME_BYTES_MAX 200

typedef struct {
  SobanCommandPlace place;
  char *name, *role, *output, *url;
  char **scopes;    /* as given */
  char **provinces; /* codes */
  gboolean code;
  int kept_days;
  GPtrArray *uids;  /* (element-type utf8) */
} Enrol;

static void
clear_enrol (Enrol *self)
{
  soban_command_place_clear (&self->place);
  g_free (self->name);
  g_free (self->role);
  g_free (self->output);
  g_free (self->url);
  g_strfreev (self->scopes);
  g_strfreev (self->provinces);
  g_clear_pointer (&self->uids, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Enrol, clear_enrol)

static gboolean
find_scopes (Enrol *self, GError **error)
{
  g_autoptr (SobanUnitTable) units = soban_unit_table_load (soban_data_dir (), error);
  g_autofree char *today = soban_command_today ();

  if (units == NULL)
    return FALSE;
  self->uids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; self->scopes != NULL && self->scopes[i] != NULL; i++) {
    if (!soban_command_add_commune (self->uids, units, self->scopes[i], today, error))
      return FALSE;
  }
  for (guint i = 0; self->provinces != NULL && self->provinces[i] != NULL; i++) {
    if (!soban_command_add_province (self->uids, units, self->provinces[i], today, error))
      return FALSE;
  }
  if (self->uids->len == 0)
    return soban_command_fail_usage (error, _ ("Say which communes the tablet works in: --scope CODE or --province CODE."));
  if (self->uids->len > SOBAN_SCOPES_PER_DEVICE_MAX)
    return soban_command_fail_usage (error, _ ("A tablet can have at most %d communes."), SOBAN_SCOPES_PER_DEVICE_MAX);
  return TRUE;
}

static gboolean
check_options (Enrol *self, GError **error)
{
  if (self->name == NULL || *self->name == '\0' || strlen (self->name) > NAME_BYTES_MAX || !g_utf8_validate (self->name, -1, NULL))
    return soban_command_fail_usage (error, _ ("Give the tablet a name: --name “…”"));
  if (self->role == NULL)
    self->role = g_strdup ("member");
  if (!soban_device_role_is_known (self->role))
    return soban_command_fail_usage (error, _ ("The role “%s” is not known: member, keeper or officer."), self->role);
  if (self->kept_days != 0 && (self->kept_days < SOBAN_KEPT_DAYS_MIN || self->kept_days > SOBAN_KEPT_DAYS_MAX))
    return soban_command_fail_usage (error, _ ("A tablet keeps records for %d to %d days, or with --keep-days 0 all of them."),
                                     SOBAN_KEPT_DAYS_MIN, SOBAN_KEPT_DAYS_MAX);
  if (self->code == (self->output != NULL))
    return soban_command_fail_usage (error, _ ("Say either --output FILE or --code."));
  return TRUE;
}

static gboolean
write_file (Enrol *self, const SobanCollectorFolder *folder, SobanCollectorStore *store, guint32 number, char *token, GError **error)
{
  guint8 key_hash[SOBAN_KEY_HASH_BYTES];
  g_autofree char *pin = NULL, *scopes = NULL, *text = NULL;
  g_autoptr (SobanKeys) keys = soban_key_ring_make (store, self->uids, error);
  SobanEnrolmentFile file = {
    .url = self->url != NULL ? self->url : folder->url,
    .device = number,
    .device_name = self->name,
    .token = token,
    .role = self->role,
    .home_scope = g_ptr_array_index (self->uids, 0),
    .kept_days = (guint) self->kept_days,
    .keys = keys,
  };

  if (keys == NULL || !soban_certificate_hash_key (folder->certificate, key_hash, error))
    return FALSE;
  pin = soban_key_pin_format (key_hash);
  g_ptr_array_add (self->uids, NULL);
  scopes = g_strjoinv (" ", (char **) self->uids->pdata);
  g_ptr_array_set_size (self->uids, self->uids->len - 1);
  file.key = pin;
  file.scopes = scopes;
  text = soban_enrolment_file_write (&file);
  if (g_str_equal (self->output, "-")) {
    g_print ("%s", text);
    return TRUE;
  }
  return g_file_set_contents_full (self->output, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
enrol_by_file (Enrol *self, const SobanCollectorFolder *folder, SobanCollectorStore *store, GError **error)
{
  g_autofree char *token = soban_token_new (soban_entropy_system ());
  guint32 number;

  if (!soban_collector_store_begin (store, error))
    return FALSE;
  /* The file first: a device without its file would be of no use, a file without its device is refused. */
  if (!soban_devices_add (store, self->name, self->role, self->uids, token, &number, error)
      || !soban_devices_set_kept_days (store, number, (guint) self->kept_days, error)
      || !write_file (self, folder, store, number, token, error)) {
    soban_collector_store_roll_back (store);
    return FALSE;
  }
  if (!soban_collector_store_commit (store, error))
    return FALSE;
  if (!g_str_equal (self->output, "-"))
    g_print (_ ("Tablet %u, “%s”, may sync. Its enrolment file: %s\nWhoever has this file can act as the tablet: hand it over, then delete it.\n"),
             number, self->name, self->output);
  return TRUE;
}

static gboolean
enrol_by_code (Enrol *self, const SobanCollectorFolder *folder, SobanCollectorStore *store, GError **error)
{
  g_autofree char *secret = soban_enrolment_secret_draw (soban_entropy_system ());
  g_autofree char *code = NULL;
  guint8 key_hash[SOBAN_KEY_HASH_BYTES];
  gint64 expires_ms = soban_collector_store_now (store) + CODE_HOURS_VALID * 60 * 60 * (gint64) 1000;
  guint32 number;

  if (!soban_certificate_hash_key (folder->certificate, key_hash, error) || !soban_collector_store_begin (store, error))
    return FALSE;
  if (!soban_devices_add (store, self->name, self->role, self->uids, NULL, &number, error)
      || !soban_devices_set_kept_days (store, number, (guint) self->kept_days, error)
      || !soban_devices_add_code (store, number, secret, expires_ms, error)) {
    soban_collector_store_roll_back (store);
    return FALSE;
  }
  if (!soban_collector_store_commit (store, error))
    return FALSE;
  code = soban_enrolment_code_make (secret, key_hash);
  g_print (_ ("Tablet %u, “%s”. On the tablet, give this address and this code:\n  %s\n  %s\nThe code works once, within %d hours, and is shown only now.\n"),
           number, self->name, self->url != NULL ? self->url : folder->url, code, CODE_HOURS_VALID);
  return TRUE;
}

int
soban_command_enrol (int argc, char **argv, GError **error)
{
  g_auto (Enrol) self = { .kept_days = SOBAN_KEPT_DAYS_DEFAULT };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &self.name, N_ ("What people call the tablet"), N_ ("NAME") },
    { "scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.scopes, N_ ("A commune: its code, or code@date; may be given again"), N_ ("COMMUNE") },
    { "province", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.provinces, N_ ("All communes of a province"), N_ ("CODE") },
    { "role", 0, 0, G_OPTION_ARG_STRING, &self.role, N_ ("member (as long as nothing is said), keeper or officer"), N_ ("ROLE") },
    { "keep-days", 0, 0, G_OPTION_ARG_INT, &self.kept_days, N_ ("How far back it keeps records of activities (90 as long as nothing is said; 0: all)"), N_ ("DAYS") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &self.output, N_ ("Write the enrolment file here (- for standard output)"), N_ ("FILE") },
    { "code", 0, 0, G_OPTION_ARG_NONE, &self.code, N_ ("Show a code to type on the tablet instead"), NULL },
    { "url", 0, 0, G_OPTION_ARG_STRING, &self.url, N_ ("Another address than the collector's own"), N_ ("URL") },
    { NULL },
  };
  g_autoptr (SobanCollectorFolder) folder = NULL;
  g_autoptr (SobanCollectorStore) store = NULL;
  gboolean done;

  if (!soban_command_parse (&argc, &argv, NULL, _ ("Lets a tablet sync with this collector."), entries, &self.place, error))
    return SOBAN_EXIT_USAGE;
  /* Further communes may follow without the option's name: --scope A B C. */
  if (argc > 1) {
    g_autoptr (GStrvBuilder) scopes = g_strv_builder_new ();

    if (self.scopes != NULL)
      g_strv_builder_addv (scopes, (const char **) self.scopes);
    g_strv_builder_addv (scopes, (const char **) argv + 1);
    g_strfreev (self.scopes);
    self.scopes = g_strv_builder_end (scopes);
  }
  if (!check_options (&self, error) || !find_scopes (&self, error))
    return SOBAN_EXIT_USAGE;
  folder = soban_command_load_folder (&self.place, error);
  if (folder == NULL || (store = soban_command_open_store (folder, error)) == NULL)
    return SOBAN_EXIT_FAILED;
  done = self.code ? enrol_by_code (&self, folder, store, error) : enrol_by_file (&self, folder, store, error);
  return done ? SOBAN_EXIT_OK : SOBAN_EXIT_FAILED;
}
