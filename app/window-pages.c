/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions by which pages open each other. */
#include "config.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

#include "application.h"
#include "conflicts/look-page.h"
#include "entry/entry-page.h"
#include "people/people-page.h"
#include "record/record-page.h"
#include "reports/report-page.h"
#include "reports/report-parts-page.h"
#include "settings/settings-page.h"
#include "sync/sync-page.h"

SobanRecordsPage *
soban_window_find_records_page (SobanWindow *self)
{
  for (guint i = 0; i < soban_page_stack_get_depth (self->pages); i++) {
    GtkWidget *page = soban_page_stack_get_nth (self->pages, i);

    if (SOBAN_IS_RECORDS_PAGE (page)) {
      return SOBAN_RECORDS_PAGE (page);
    }
  }
  return NULL;
}

static void
open_records (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  const char *form = g_variant_get_string (parameter, NULL);

  if (self->store == NULL || !soban_window_flush (self)) {
    return;
  }
  soban_page_stack_pop_to_first (self->pages);
  soban_page_stack_push (self->pages, soban_records_page_new (self->store, *form == '\0' ? NULL : form));
}

static void
open_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  SobanRecordsPage *page;

  if (self->store == NULL || SOBAN_IS_ENTRY_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  if (soban_window_find_records_page (self) == NULL) {
    gtk_widget_activate_action (widget, "win.records", "s", "");
  }
  page = soban_window_find_records_page (self);
  soban_records_page_back (page);
  soban_record_list_focus_search (soban_records_page_get_list (page));
}

static void
open_record (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  SobanUuid id;

  if (self->store == NULL || !soban_uuid_parse (g_variant_get_string (parameter, NULL), &id)) {
    return;
  }
  if (soban_window_find_records_page (self) == NULL) {
    gtk_widget_activate_action (widget, "win.records", "s", "");
  }
  soban_records_page_open (soban_window_find_records_page (self), &id);
}

static void
open_look (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  guint depth = soban_page_stack_get_depth (self->pages);

  if (self->store == NULL || SOBAN_IS_LOOK_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  /* A record that was opened from the list leads back to it. */
  if (depth > 1 && SOBAN_IS_LOOK_PAGE (soban_page_stack_get_nth (self->pages, depth - 2))) {
    soban_page_stack_pop (self->pages);
    return;
  }
  soban_page_stack_push (self->pages, soban_look_page_new (self->store));
}

/* Above the list, so that back leads to it. */
static void
open_look_record (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  GtkWidget *page;
  SobanUuid id;

  if (self->store == NULL || !soban_uuid_parse (g_variant_get_string (parameter, NULL), &id)) {
    return;
  }
  page = soban_record_page_new (self->store);
  soban_page_stack_push (self->pages, page);
  soban_record_page_show (SOBAN_RECORD_PAGE (page), &id);
}

static void
open_reports (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (self->store == NULL || SOBAN_IS_REPORT_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  soban_page_stack_push (self->pages, soban_report_page_new (self->store));
}

static void
open_report_parts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  const char *indicator, *period;

  g_variant_get (parameter, "(&s&s)", &indicator, &period);
  if (self->store != NULL && soban_indicator_set_find (soban_store_get_indicators (self->store), indicator) != NULL) {
    soban_page_stack_push (self->pages, soban_report_parts_page_new (self->store, indicator, period));
  }
}

/* Above the report, so that back leads to it. */
static void
open_report_records (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  g_autoptr (SobanReportSelection) selection = soban_report_selection_from_variant (parameter);
  const SobanIndicator *indicator;
  GtkWidget *page;

  if (self->store == NULL) {
    return;
  }
  indicator = soban_indicator_set_find (soban_store_get_indicators (self->store), selection->indicator);
  page = soban_records_page_new (self->store, NULL);
  soban_page_stack_push (self->pages, page);
  soban_record_list_show_selection (soban_records_page_get_list (SOBAN_RECORDS_PAGE (page)), selection,
                                    indicator == NULL ? "" : g_dgettext (GETTEXT_PACKAGE, indicator->label));
}

static void
open_people (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (self->store != NULL && !SOBAN_IS_PEOPLE_PAGE (soban_page_stack_get_top (self->pages))) {
    soban_page_stack_push (self->pages, soban_people_page_new (self->store));
  }
}

static void
open_sync (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (self->store == NULL || SOBAN_IS_SYNC_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  soban_page_stack_push (self->pages, soban_sync_page_new (self->store, self->scheduler));
}

static void
open_settings (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (SobanPreferences) preferences = NULL;
  GtkWidget *page;

  if (self->store == NULL || SOBAN_IS_SETTINGS_PAGE (soban_page_stack_get_top (self->pages))) {
    return;
  }
  if (SOBAN_IS_APPLICATION (application)) {
    preferences = g_object_ref (soban_application_get_preferences (SOBAN_APPLICATION (application)));
  } else {
    preferences = soban_preferences_new ();
  }
  page = soban_settings_page_new (self->store, preferences);
  g_signal_connect_object (page, "language", G_CALLBACK (soban_window_change_language), self, G_CONNECT_SWAPPED);
  soban_page_stack_push (self->pages, page);
}

void
soban_window_install_page_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.record", "s", open_record);
  gtk_widget_class_install_action (widget_class, "win.records", "s", open_records);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, open_search);
  gtk_widget_class_install_action (widget_class, "win.look", NULL, open_look);
  gtk_widget_class_install_action (widget_class, "win.look-record", "s", open_look_record);
  gtk_widget_class_install_action (widget_class, "win.reports", NULL, open_reports);
  gtk_widget_class_install_action (widget_class, "win.report-parts", "(ss)", open_report_parts);
  gtk_widget_class_install_action (widget_class, "win.report-records", SOBAN_REPORT_SELECTION_TYPE, open_report_records);
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, open_sync);
  gtk_widget_class_install_action (widget_class, "win.people", NULL, open_people);
  gtk_widget_class_install_action (widget_class, "win.settings", NULL, open_settings);
}
