/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window-private.h"
#include "window-room.h"

#include <glib/gi18n-lib.h>

#include "application.h"
#include "compat/keys.h"
#include "entry/entry-page.h"
#include "form-style.h"
#include "home/home-page.h"
#include "records/records-page.h"
#include "settings/settings-page.h"
#include "spare-memory.h"
#include "store/backup.h"
#include "store/pin.h"
#include "store/settings.h"
#include "trouble/trouble-page.h"
#include "trouble/trouble-text.h"
#include "welcome/welcome-page.h"

#define UNDO_SECONDS 10
#define TOAST_PX_TAKEN 100 /* by the edges and the button that closes it */
#define TOAST_LETTERS_APART 2 /* between the text and its button */
#define TOAST_LETTERS_MIN 6

/* Longer than it takes to choose what to write next. */
#define SPARE_SECONDS 30

G_DEFINE_FINAL_TYPE (SobanWindow, soban_window, ADW_TYPE_APPLICATION_WINDOW)

SobanPageStack *
soban_window_get_pages (SobanWindow *self)
{
  return self->pages;
}

/* How long a line of a toast may be: it is as high as at its natural width, however narrow the window. */
static int
count_letters_beside (SobanWindow *self, const char *label)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int letter = MAX (1, PANGO_PIXELS (pango_font_metrics_get_approximate_char_width (metrics)));
  int letters = (gtk_widget_get_width (GTK_WIDGET (self)) - TOAST_PX_TAKEN) / letter;

  pango_font_metrics_unref (metrics);
  return MAX (letters - (label == NULL ? 0 : (int)g_utf8_strlen (label, -1) + TOAST_LETTERS_APART), TOAST_LETTERS_MIN);
}

void
soban_window_add_toast (SobanWindow *self, const char *text, const char *label, const char *action, const char *target)
{
  const char *const offer[] = { text, label, action, target, NULL };
  AdwToast *toast;
  GtkWidget *title;

  if (label != NULL && soban_window_hold_offer (self, offer)) {
    return;
  }
  toast = adw_toast_new ("");
  title = gtk_label_new (text);

  /* A toast's own title is markup, has no switch for it in 1.2, and ends in dots. */
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (title), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_max_width_chars (GTK_LABEL (title), count_letters_beside (self, label));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "heading");
  adw_toast_set_custom_title (toast, title);

  if (label != NULL) {
    soban_window_watch_offer (self, toast, offer);
    adw_toast_set_button_label (toast, label);
    adw_toast_set_action_name (toast, action);
    if (target != NULL) {
      adw_toast_set_action_target (toast, "s", target);
    }
    adw_toast_set_timeout (toast, UNDO_SECONDS);
    /* Not after what was said before: undo is wanted now. */
    adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
soban_window_tell (SobanWindow *self, const char *text)
{
  g_return_if_fail (SOBAN_IS_WINDOW (self));
  if (soban_window_is_locked (self)) {
    g_strv_builder_add (self->told, text);
    return;
  }
  soban_window_add_toast (self, text, NULL, NULL, NULL);
}

void
soban_window_tell_error (SobanWindow *self, const GError *error)
{
  g_autofree char *sentence = soban_trouble_text (error);

  soban_window_tell (self, sentence);
}

/* ---- going ---- */

static void
go_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  GtkWidget *top = soban_page_stack_get_top (self->pages);

  if (SOBAN_IS_RECORDS_PAGE (top) && soban_records_page_back (SOBAN_RECORDS_PAGE (top))) {
    return;
  }
  if (SOBAN_IS_ENTRY_PAGE (top) && !soban_window_leave_entry (self, SOBAN_ENTRY_PAGE (top))) {
    return;
  }
  soban_page_stack_pop (self->pages);
}

static void
go_home (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (soban_window_flush (self)) {
    soban_page_stack_pop_to_first (self->pages);
  }
}

void
soban_window_change_language (SobanWindow *self, const char *language)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (SOBAN_IS_APPLICATION (application)) {
    soban_application_set_language (SOBAN_APPLICATION (application), language);
  }
}

static void
show_keys (GtkWidget *widget, const char *name, GVariant *parameter)
{
  soban_keys_show (GTK_WINDOW (widget));
}

static void
restore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (widget));

  if (SOBAN_IS_APPLICATION (application)) {
    soban_application_restore (SOBAN_APPLICATION (application), g_variant_get_string (parameter, NULL));
  }
}

static void
set_high_contrast (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (widget));

  if (SOBAN_IS_APPLICATION (application)) {
    soban_application_set_high_contrast (SOBAN_APPLICATION (application), g_variant_get_boolean (parameter));
  }
}

static void
tell (GtkWidget *widget, const char *name, GVariant *parameter)
{
  soban_window_tell (SOBAN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* ---- entry ---- */

static void
on_completed (SobanWindow *self, SobanEntryPage *page)
{
  g_autofree char *id = soban_uuid_to_string (soban_entry_get_id (soban_entry_page_get_entry (page)));

  soban_page_stack_remove (self->pages, GTK_WIDGET (page));
  soban_window_add_toast (self, _("Saved on this tablet"), _("_See it"), "win.record", id);
}

static void
on_discarded (SobanWindow *self, SobanEntryPage *page)
{
  g_autoptr (SobanEntry) entry = g_object_ref (soban_entry_page_get_entry (page));

  soban_page_stack_remove (self->pages, GTK_WIDGET (page));
  soban_window_offer_draft (self, entry);
}

/* The draft is answered in another version of its form now: shown anew. */
static void
on_moved (SobanWindow *self, SobanEntryPage *page)
{
  g_autofree char *id = soban_uuid_to_string (soban_entry_get_id (soban_entry_page_get_entry (page)));

  soban_page_stack_remove (self->pages, GTK_WIDGET (page));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit", "s", id);
}

static void
on_entry_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanEntry) entry = soban_entry_open_finish (result, &error);
  GtkWidget *page;

  self->opening = FALSE;
  if (self->pages == NULL) {
    return;
  }
  if (entry == NULL) {
    soban_window_tell_error (self, error);
    return;
  }
  page = soban_entry_page_new (entry);
  g_signal_connect_object (page, "completed", G_CALLBACK (on_completed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "discarded", G_CALLBACK (on_discarded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "moved", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  soban_page_stack_push (self->pages, page);
  /* Reading the form and its lists took more than they keep. */
  soban_spare_memory_give_back ();
}

static void
open_new (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (self->store == NULL || self->opening) {
    return;
  }
  self->opening = TRUE;
  soban_entry_open_async (self->store, g_variant_get_string (parameter, NULL), NULL, on_entry_opened,
                          g_object_ref (self));
}

static void
open_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);
  SobanUuid id;

  if (self->store == NULL || self->opening || !soban_uuid_parse (g_variant_get_string (parameter, NULL), &id)) {
    return;
  }
  if (soban_window_go_to_entry (self, &id)) {
    return;
  }
  self->opening = TRUE;
  soban_entry_open_async (self->store, NULL, &id, on_entry_opened, g_object_ref (self));
}

static void
go_next (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *top = soban_page_stack_get_top (SOBAN_WINDOW (widget)->pages);

  if (SOBAN_IS_ENTRY_PAGE (top)) {
    soban_entry_page_next (SOBAN_ENTRY_PAGE (top));
  }
}

static void
go_to_page_before (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *top = soban_page_stack_get_top (SOBAN_WINDOW (widget)->pages);

  if (SOBAN_IS_ENTRY_PAGE (top)) {
    soban_entry_page_back (SOBAN_ENTRY_PAGE (top));
  }
}

static void
go_to_review (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *top = soban_page_stack_get_top (SOBAN_WINDOW (widget)->pages);

  if (SOBAN_IS_ENTRY_PAGE (top)) {
    soban_entry_page_show_review (SOBAN_ENTRY_PAGE (top));
  }
}

/* ---- first run ---- */

/* Home has been seen for a while, and no form since: what forms choose from need not be kept at hand. */
static gboolean
on_left_alone (gpointer data)
{
  SobanWindow *self = data;
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  self->spare_source = 0;
  if (SOBAN_IS_APPLICATION (application) && soban_page_stack_get_depth (self->pages) == 1 && !self->opening) {
    soban_application_spare_memory (SOBAN_APPLICATION (application));
  }
  return G_SOURCE_REMOVE;
}

static void
on_home_filled (SobanWindow *self)
{
  soban_spare_memory_give_back ();
  g_clear_handle_id (&self->spare_source, g_source_remove);
  self->spare_source = g_timeout_add_seconds (SPARE_SECONDS, on_left_alone, self);
}

/* Home is filled at the start, and again whenever the page over it goes. */
static void
show_home (SobanWindow *self)
{
  GtkWidget *home = soban_home_page_new (self->store);

  g_signal_connect_object (home, "filled", G_CALLBACK (on_home_filled), self, G_CONNECT_SWAPPED);
  soban_page_stack_clear (self->pages);
  soban_page_stack_push (self->pages, home);
}

static void
on_welcome_done (SobanWindow *self)
{
  show_home (self);
  /* The link is there now: what waits may go. */
  if (self->scheduler != NULL) {
    soban_sync_scheduler_start (self->scheduler);
  }
}

static void
show_welcome (SobanWindow *self, gboolean first_run)
{
  GtkWidget *page = soban_welcome_page_new (self->store, first_run ? SOBAN_WELCOME_FIRST_RUN : SOBAN_WELCOME_LINK);

  g_signal_connect_object (page, "language", G_CALLBACK (soban_window_change_language), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "done", G_CALLBACK (on_welcome_done), self, G_CONNECT_SWAPPED);
  soban_page_stack_push (self->pages, page);
}

static void
open_enrol (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SobanWindow *self = SOBAN_WINDOW (widget);

  if (self->store != NULL) {
    show_welcome (self, FALSE);
  }
}

/* The form that is open, also where the settings stand over it; else the settings. */
char *
soban_window_describe_resume (SobanWindow *self)
{
  g_return_val_if_fail (SOBAN_IS_WINDOW (self), NULL);

  for (guint i = soban_page_stack_get_depth (self->pages); i > 0; i--) {
    GtkWidget *page = soban_page_stack_get_nth (self->pages, i - 1);
    SobanEntry *entry = SOBAN_IS_ENTRY_PAGE (page) ? soban_entry_page_get_entry (SOBAN_ENTRY_PAGE (page)) : NULL;
    g_autofree char *id = NULL;

    if (entry == NULL) {
      continue;
    }
    if (!soban_entry_is_touched (entry) && !soban_entry_get_edits_record (entry)) {
      return g_action_print_detailed_name ("win.new", g_variant_new_string (soban_entry_get_form_id (entry)));
    }
    id = soban_uuid_to_string (soban_entry_get_id (entry));
    return g_action_print_detailed_name ("win.edit", g_variant_new_string (id));
  }
  return SOBAN_IS_SETTINGS_PAGE (soban_page_stack_get_top (self->pages)) ? g_strdup ("win.settings") : NULL;
}

static void
resume (SobanWindow *self)
{
  g_autofree char *detailed = g_strdup (g_getenv ("SOBAN_RESUME"));
  g_autofree char *action = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GError) error = NULL;

  if (detailed == NULL) {
    return;
  }
  g_unsetenv ("SOBAN_RESUME");
  if (!g_action_parse_detailed_name (detailed, &action, &target, &error)) {
    g_message ("Going on with “%s”: %s", detailed, error->message);
    return;
  }
  gtk_widget_activate_action_variant (GTK_WIDGET (self), action, target);
}

void
soban_window_begin (SobanWindow *self)
{
  g_autofree char *commune = soban_store_get_setting (self->store, SOBAN_SETTING_COMMUNE);
  g_autofree char *url = soban_store_get_setting (self->store, SOBAN_SETTING_COLLECTOR_URL);
  g_autofree char *told = g_strdup (g_getenv ("SOBAN_TELL"));

  if (commune == NULL && url == NULL) {
    show_welcome (self, TRUE);
  } else {
    show_home (self);
    resume (self);
  }
  /* What was done between the last end and this start (main.c). */
  if (told != NULL) {
    soban_window_tell (self, told);
    g_unsetenv ("SOBAN_TELL");
  }
}

void
soban_window_set_store (SobanWindow *self, SobanStore *store, SobanSyncScheduler *scheduler)
{
  g_return_if_fail (SOBAN_IS_WINDOW (self));
  g_set_object (&self->store, store);
  g_set_object (&self->scheduler, scheduler);
  soban_form_style_add (store);
  soban_page_stack_clear (self->pages);
  if (soban_store_has_pin (store)) {
    soban_window_lock (self);
  } else {
    soban_window_begin (self);
  }
}

static void
on_retry (SobanWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (SOBAN_IS_APPLICATION (application)) {
    soban_application_open_store (SOBAN_APPLICATION (application));
  }
}

/* (nullable) (transfer full): the last copy, when there is one. */
static char *
find_daily_backup (SobanWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autofree char *path = NULL;

  if (!SOBAN_IS_APPLICATION (application)) {
    return NULL;
  }
  path = soban_backup_daily_path (soban_application_get_store_path (SOBAN_APPLICATION (application)));
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

void
soban_window_show_store_error (SobanWindow *self, const GError *error)
{
  g_autofree char *backup = find_daily_backup (self);

  g_return_if_fail (SOBAN_IS_WINDOW (self));
  soban_page_stack_clear (self->pages);
  soban_page_stack_push (self->pages,
                         soban_trouble_page_new (error, backup, G_CALLBACK (on_retry), self));
}

void
soban_window_spare_memory (SobanWindow *self)
{
  SobanRecordsPage *page;

  g_return_if_fail (SOBAN_IS_WINDOW (self));
  page = soban_window_find_records_page (self);
  if (page != NULL) {
    soban_record_list_model_spare_memory (soban_record_list_get_model (soban_records_page_get_list (page)));
  }
}

static gboolean
soban_window_close_request (GtkWindow *window)
{
  SobanWindow *self = SOBAN_WINDOW (window);
  GtkApplication *application = gtk_window_get_application (window);
  int width, height;

  if (!soban_window_may_close (self)) {
    return TRUE;
  }
  if (SOBAN_IS_APPLICATION (application) && !gtk_window_is_maximized (window)) {
    gtk_window_get_default_size (window, &width, &height);
    soban_preferences_set_window_size (soban_application_get_preferences (SOBAN_APPLICATION (application)), width,
                                       height);
  }
  /* GTK 4.8 keeps the page that has the focus when its window goes. */
  soban_page_stack_clear (self->pages);
  return GTK_WINDOW_CLASS (soban_window_parent_class)->close_request (window);
}

static void
soban_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (soban_window_parent_class)->size_allocate (widget, width, height, baseline);
  soban_window_room_note (widget, width, height);
}

static void
soban_window_dispose (GObject *object)
{
  SobanWindow *self = SOBAN_WINDOW (object);

  g_clear_handle_id (&self->spare_source, g_source_remove);
  if (self->pages != NULL) {
    soban_page_stack_clear (self->pages);
  }
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  soban_window_drop_lock (self);
  g_clear_pointer (&self->deleted, g_free);
  g_clear_object (&self->discarded);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_WINDOW);
  self->pages = NULL;
  G_OBJECT_CLASS (soban_window_parent_class)->dispose (object);
}

static void
soban_window_class_init (SobanWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = soban_window_close_request;
  widget_class->size_allocate = soban_window_size_allocate;
  g_type_ensure (SOBAN_TYPE_PAGE_STACK);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanWindow, layers);
  gtk_widget_class_bind_template_child (widget_class, SobanWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SobanWindow, pages);
  soban_window_install_page_actions (widget_class);
  soban_window_install_undo_actions (widget_class);
  soban_window_install_lock_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, go_back);
  gtk_widget_class_install_action (widget_class, "win.home", NULL, go_home);
  gtk_widget_class_install_action (widget_class, "win.new", "s", open_new);
  gtk_widget_class_install_action (widget_class, "win.edit", "s", open_edit);
  gtk_widget_class_install_action (widget_class, "win.enrol", NULL, open_enrol);
  gtk_widget_class_install_action (widget_class, "win.restore", "s", restore);
  gtk_widget_class_install_action (widget_class, "win.high-contrast", "b", set_high_contrast);
  gtk_widget_class_install_action (widget_class, "win.tell", "s", tell);
  gtk_widget_class_install_action (widget_class, "win.entry-next", NULL, go_next);
  gtk_widget_class_install_action (widget_class, "win.entry-back", NULL, go_to_page_before);
  gtk_widget_class_install_action (widget_class, "win.entry-review", NULL, go_to_review);
  gtk_widget_class_install_action (widget_class, "win.keys", NULL, show_keys);
}

static void
soban_window_init (SobanWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->told = g_strv_builder_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.lock", FALSE);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (soban_window_note_active), NULL);
}

GtkWidget *
soban_window_new (SobanApplication *application)
{
  SobanWindow *self = g_object_new (SOBAN_TYPE_WINDOW, "application", application, NULL);
  int width, height;

  if (application != NULL) {
    soban_preferences_get_window_size (soban_application_get_preferences (application), &width, &height);
    gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  }
  return GTK_WIDGET (self);
}
