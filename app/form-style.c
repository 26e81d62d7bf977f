/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "form-style.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

/* The titles of the built-in forms: a list of records must not parse fifteen forms to name them. */
static const char *const NAMES[][2] = {
  { "communication_session", N_("Communication session") },
  { "policy_dialogue", N_("Policy dialogue") },
  { "training", N_("Training") },
  { "event", N_("Event, contest, launch ceremony") },
  { "supervision_visit", N_("Supervision visit") },
  { "support_summary", N_("Support summary") },
  { "safe_birth_support", N_("Safe birth support") },
  { "nothing_to_report", N_("Nothing to report") },
  { "communication_team", N_("Community communication team") },
  { "trusted_address", N_("Trusted address") },
  { "leaders_club", N_("Leaders of Change club") },
  { "livelihood_group", N_("Livelihood group, cooperative group, cooperative") },
  { "other_model", N_("Other model") },
  { "village", N_("Village") },
  { "case_record", N_("Record of a supported person") },
};

const char *
soban_form_style_name (const char *form)
{
  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    if (g_str_equal (NAMES[i][0], form)) {
      return _ (NAMES[i][1]);
    }
  }
  return form;
}

const char *
soban_form_style_entry_name (const SobanFormEntry *entry)
{
  return entry->title != NULL ? _ (entry->title) : soban_form_style_name (entry->id);
}

const char *
soban_form_style_name_in (SobanStore *store, const char *form)
{
  const SobanFormEntry *entry = soban_form_library_find (soban_store_get_forms (store), form);

  return entry != NULL ? soban_form_style_entry_name (entry) : soban_form_style_name (form);
}

char *
soban_form_style_class (const char *form)
{
  return g_strconcat ("form-", form, NULL);
}

const char *
soban_form_style_icon (SobanStore *store, const char *form)
{
  const SobanFormEntry *entry = soban_form_library_find (soban_store_get_forms (store), form);

  return entry == NULL || *entry->icon_name == '\0' ? "soban-document-symbolic" : entry->icon_name;
}

void
soban_form_style_add (SobanStore *store)
{
  const GPtrArray *entries = soban_form_library_list (soban_store_get_forms (store));
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_autoptr (GString) css = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);
    GdkRGBA colour;

    if (gdk_rgba_parse (&colour, entry->colour)) {
      g_string_append_printf (css, ".form-icon.form-%s { background-color: %s; color: white; }\n", entry->id,
                              entry->colour);
    }
  }
  gtk_css_provider_load_from_data (provider, css->str, css->len);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
