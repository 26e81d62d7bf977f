/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/store-private.h"

#include "base/language.h"
#include "form/choice-index.h"

#include <glib/gi18n-lib.h>

typedef struct {
  SobanFormHost host; /* first: callers hold a pointer to it */
  SobanStore *store;
  gboolean owns_store;
  GHashTable *properties; /* name -> value: what was handed out must stay */
  GHashTable *trees;      /* src -> SobanSharedTree */
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
    value = soban_store_get_setting (self->store, properties[i].setting);
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

static const char *
translate (gpointer data, const char *msgid)
{
  /* gettext gives the catalogue's header for the empty text. */
  return *msgid ? g_dgettext (GETTEXT_PACKAGE, msgid) : msgid;
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
  self->host = (SobanFormHost){
    .clock = store->clock,
    .entropy = store->entropy,
    .property = get_property,
    .load_instance = load_instance,
    .translate = translate,
    .language = soban_language_get (),
    .choices = soban_choice_index_new (),
    .data = self,
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
  if (self->owns_store)
    g_object_unref (self->store);
  g_free (self);
}
