/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/people.h"
#include "store/store-private.h"

#include "base/error.h"
#include "base/language.h"
#include "form/choice-document.h"
#include "form/choice-index.h"
#include "store/form-files.h"

#include <glib/gi18n-lib.h>

typedef struct {
  SobanFormHost host; /* first: callers hold a pointer to it */
  SobanClock clock;   /* corrected: a form asks what day it is */
  SobanStore *store;
  gboolean owns_store;
  GHashTable *properties; /* name -> value: what was handed out must stay */
  GHashTable *trees;      /* src, or address of a form's file -> SobanSharedTree */
  GHashTable *absent;     /* addresses of files that a form did not bring along */
} StoreFormHost;

static const struct {
  const char *name;
  const char *setting;
  const char *otherwise; /* (nullable): the setting taken when that one is not set */
} properties[] = {
  { "soban:commune", SOBAN_SETTING_COMMUNE, SOBAN_SETTING_HOME_SCOPE },
  { "soban:scope", SOBAN_SETTING_HOME_SCOPE, NULL },
  { "soban:team", SOBAN_SETTING_TEAM, NULL },
  { "soban:place", SOBAN_SETTING_PLACE, NULL },
  { "soban:emergency", SOBAN_SETTING_EMERGENCY, NULL },
  { "username", SOBAN_SETTING_PERSON, NULL },
  { "deviceid", SOBAN_SETTING_DEVICE, NULL },
};

static const char *
get_property (gpointer data, const char *name)
{
  StoreFormHost *self = data;
  char *value = NULL;

  if (g_hash_table_contains (self->properties, name))
    return g_hash_table_lookup (self->properties, name);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    if (!g_str_equal (properties[i].name, name))
      continue;
    value = g_str_equal (properties[i].setting, SOBAN_SETTING_PERSON) ? soban_store_get_person (self->store)
                                                                      : soban_store_get_setting (self->store, properties[i].setting);
    if (!value && properties[i].otherwise)
      value = soban_store_get_setting (self->store, properties[i].otherwise);
  }
  g_hash_table_insert (self->properties, g_strdup (name), value);
  return value;
}

static SobanTree *
load_instance (gpointer data, const char *src, GError **error)
{
  StoreFormHost *self = data;
  SobanSharedTree *shared = g_hash_table_lookup (self->trees, src);

  if (!shared) {
    shared = soban_store_load_tree (self->store, src, error);
    if (!shared)
      return NULL;
    g_hash_table_insert (self->trees, g_strdup (src), shared);
  }
  return shared->tree;
}

/* (nullable) (transfer full) */
static SobanSharedTree *
read_form_file (SobanStore *store, const SobanForm *form, const char *src, const char *address, GError **error)
{
  SobanSharedTree *shared = soban_store_find_tree (store, address);
  g_autofree char *name = soban_form_file_name (src);
  g_autoptr (GBytes) content = NULL;
  SobanTree *tree;
  const char *text;
  gsize length;

  if (shared)
    return shared;
  content = soban_store_get_form_file (store, soban_form_get_id (form), soban_form_get_version (form), name, error);
  if (!content)
    return NULL;
  text = g_bytes_get_data (content, &length);
  tree = soban_choice_document_parse (name, text ? text : "", length, error);
  if (!tree)
    g_prefix_error (error, "%s: ", name);
  return tree ? soban_store_share_tree (store, address, tree) : NULL;
}

static SobanTree *
load_file (gpointer data, const SobanForm *form, const char *src, GError **error)
{
  StoreFormHost *self = data;
  g_autofree char *address =
      g_strconcat (SOBAN_FORM_FILE_PREFIX, soban_form_get_id (form), "/", soban_form_get_version (form), "/", src, NULL);
  SobanSharedTree *shared = g_hash_table_lookup (self->trees, address);
  GError *fault = NULL;

  if (shared || g_hash_table_contains (self->absent, address))
    return shared ? shared->tree : NULL;
  shared = read_form_file (self->store, form, src, address, &fault);
  if (shared)
    g_hash_table_insert (self->trees, g_steal_pointer (&address), shared);
  else if (fault)
    g_propagate_error (error, fault);
  else
    g_hash_table_add (self->absent, g_steal_pointer (&address));
  return shared ? shared->tree : NULL;
}

static const char *
translate (gpointer data, const char *msgid)
{
  /* gettext gives the catalogue's header for the empty text. */
  return *msgid ? g_dgettext (GETTEXT_PACKAGE, msgid) : msgid;
}

static gint64
read_now (gpointer data)
{
  return soban_store_get_now_ms (data, NULL);
}

static gint64
read_boottime (gpointer data)
{
  SobanStore *store = data;

  return soban_clock_boottime_ms (store->clock);
}

static gboolean
is_now_least (gpointer data)
{
  StoreFormHost *self = data;

  return soban_store_is_now_least (self->store);
}

SobanFormHost *
soban_store_get_form_host (SobanStore *store)
{
  StoreFormHost *self = g_new0 (StoreFormHost, 1);

  /* The store's own host must not keep the store alive. */
  self->owns_store = g_thread_self () != store->thread;
  self->store = self->owns_store ? g_object_ref (store) : store;
  self->properties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->trees = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soban_shared_tree_unref);
  self->absent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->clock = (SobanClock){ read_now, read_boottime, store };
  self->host = (SobanFormHost){
    .clock = &self->clock,
    .entropy = store->entropy,
    .property = get_property,
    .load_instance = load_instance,
    .translate = translate,
    .language = soban_language_get (),
    .choices = soban_choice_index_new (),
    .data = self,
    .load_file = load_file,
    .is_now_least = is_now_least,
  };
  return &self->host;
}

void
soban_store_form_host_free (SobanFormHost *host)
{
  StoreFormHost *self = (StoreFormHost *) host;

  if (!self)
    return;
  soban_choice_index_free (self->host.choices);
  g_hash_table_unref (self->properties);
  g_hash_table_unref (self->trees);
  g_hash_table_unref (self->absent);
  if (self->owns_store)
    g_object_unref (self->store);
  g_free (self);
}
