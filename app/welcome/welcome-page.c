/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "welcome/welcome-page.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/language.h"
#include "base/unit-table.h"
#include "client/session.h"
#include "compat/file-pick.h"
#include "compat/page-stack.h"
#include "entry/word-in-flight.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"
#include "widgets/choice-page.h"

/* An enrolment file is a few lines. */
#define ENROLMENT_BYTES_MAX (64 * 1024)

struct _SobanWelcomePage {
  AdwBin parent_instance;

  GtkWidget *back;
  GtkLabel *trouble;
  GtkStack *stack;
  GtkWidget *vietnamese;
  GtkLabel *ways_title;
  GtkLabel *ways_text;
  GtkWidget *ways_note;
  GtkWidget *file;
  GtkWidget *with_code;
  GtkWidget *without;
  GtkEditable *address;
  GtkEditable *code;
  GtkWidget *enrol;
  GtkLabel *commune_text;
  GtkEditable *person;
  GtkWidget *start;

  SobanStore *store;
  GCancellable *cancellable;
  SobanWelcomePurpose purpose;
  const char *step; /* where an enrolment that did not come about leads back to */
  char *commune; /* (nullable): unit uid chosen */
};

G_DEFINE_FINAL_TYPE (SobanWelcomePage, soban_welcome_page, ADW_TYPE_BIN)

void
soban_welcome_page_show_step (SobanWelcomePage *self, const char *step)
{
  gboolean first_run = self->purpose == SOBAN_WELCOME_FIRST_RUN;
  const char *first = first_run ? "language" : "ways";

  gtk_stack_set_visible_child_name (self->stack, step);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  gtk_widget_set_visible (self->back, !first_run || !g_str_equal (step, first));
}

static void
show_trouble (SobanWelcomePage *self, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (self->purpose == SOBAN_WELCOME_FORGOTTEN && g_error_matches (error, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_REFUSED)) {
    sentence = g_strdup (_("This does not open the tablet: it is not from the office that the tablet is linked with, is for another commune, has been "
                           "used, or is too old. Please ask the officer for a new one."));
  } else {
    sentence = error->domain == SOBAN_SYNC_ERROR ? soban_enrol_error_sentence (error) : soban_trouble_text (error);
  }
  gtk_label_set_text (self->trouble, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static void
on_back_clicked (SobanWelcomePage *self)
{
  const char *step = gtk_stack_get_visible_child_name (self->stack);

  if (g_str_equal (step, "busy")) {
    g_cancellable_cancel (self->cancellable);
    return;
  }
  if (!g_str_equal (step, "ways")) {
    soban_welcome_page_show_step (self, "ways");
  } else if (self->purpose == SOBAN_WELCOME_FIRST_RUN) {
    soban_welcome_page_show_step (self, "language");
  } else if (self->purpose == SOBAN_WELCOME_FORGOTTEN) {
    g_signal_emit_by_name (self, "left");
  } else {
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  }
}

/* ---- language ---- */

static void
choose_language (SobanWelcomePage *self, const char *language)
{
  if (!g_str_equal (soban_language_get (), language)) {
    g_signal_emit_by_name (self, "language", language);
  }
  soban_welcome_page_show_step (self, "ways");
}

static void
on_vietnamese_clicked (SobanWelcomePage *self)
{
  choose_language (self, "vi");
}

static void
on_english_clicked (SobanWelcomePage *self)
{
  choose_language (self, "en");
}

/* ---- enrolment by file ---- */

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWelcomePage) self = data;
  g_autoptr (GError) error = NULL;

  gboolean done = soban_enrol_with_code_finish (SOBAN_STORE (source), result, &error);

  g_clear_object (&self->cancellable);
  if (self->store == NULL) { /* the page has gone */
    return;
  }
  if (!done) {
    soban_welcome_page_show_step (self, self->step);
    show_trouble (self, error);
    return;
  }
  g_signal_emit_by_name (self, "done");
}

static gboolean
run_enrol_text (SobanStore *store, gpointer data, GError **error)
{
  return soban_enrol_from_text (store, data, error);
}

static void
on_enrolled_from_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWelcomePage) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    soban_welcome_page_show_step (self, "ways");
    show_trouble (self, error);
    return;
  }
  g_signal_emit_by_name (self, "done");
}

static void
on_file_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, &error)) {
    soban_welcome_page_show_step (self, "ways");
    show_trouble (self, error);
    return;
  }
  if (length > ENROLMENT_BYTES_MAX) {
    soban_welcome_page_show_step (self, "ways");
    gtk_label_set_text (self->trouble,
                        _("This is no enrolment file. Choose the file that the commune office gave you."));
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
    return;
  }
  if (self->purpose == SOBAN_WELCOME_FORGOTTEN) {
    self->step = "ways";
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    soban_enrol_again_from_text_async (self->store, text, self->cancellable, on_enrolled, g_object_ref (self));
    return;
  }
  soban_store_run_async (self->store, run_enrol_text, g_steal_pointer (&text), g_free, NULL, on_enrolled_from_text,
                         g_object_ref (self));
}

void
soban_welcome_page_enrol_file (SobanWelcomePage *self, GFile *file)
{
  g_return_if_fail (SOBAN_IS_WELCOME_PAGE (self));
  soban_welcome_page_show_step (self, "busy");
  g_file_load_contents_async (file, NULL, on_file_read, g_object_ref (self));
}

static void
on_file_picked (GFile *file, gpointer data)
{
  soban_welcome_page_enrol_file (data, file);
}

static void
on_file_clicked (SobanWelcomePage *self)
{
  soban_file_pick (GTK_WIDGET (self), _("The enrolment file"), on_file_picked, self);
}

/* ---- enrolment by code ---- */

static void
on_enrol_clicked (SobanWelcomePage *self)
{
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));
  g_autofree char *code = g_strstrip (g_strdup (gtk_editable_get_text (self->code)));

  if (*address == '\0' || *code == '\0') {
    gtk_label_set_text (self->trouble, _("Write the address and the code that the commune office gave you."));
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
    return;
  }
  soban_welcome_page_show_step (self, "busy");
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->step = "code";
  if (self->purpose == SOBAN_WELCOME_FORGOTTEN) {
    soban_enrol_again_with_code_async (self->store, address, code, self->cancellable, on_enrolled, g_object_ref (self));
  } else {
    soban_enrol_with_code_async (self->store, address, code, self->cancellable, on_enrolled, g_object_ref (self));
  }
}

static void
on_code_changed (SobanWelcomePage *self)
{
  gtk_widget_set_sensitive (self->enrol, *gtk_editable_get_text (self->address) != '\0' && *gtk_editable_get_text (self->code) != '\0');
}

static void
on_code_clicked (SobanWelcomePage *self)
{
  soban_welcome_page_show_step (self, "code");
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
}

/* ---- without a server ---- */

static void
on_without_clicked (SobanWelcomePage *self)
{
  soban_welcome_page_show_step (self, "local");
}

static void
on_commune_chosen (GtkWidget *page, const char *value, const char *label, SobanWelcomePage *self)
{
  g_free (self->commune);
  self->commune = g_strdup (value);
  gtk_label_set_text (self->commune_text, label);
  gtk_widget_set_sensitive (self->start, TRUE);
  gtk_widget_activate_action (page, "win.back", NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->person));
}

static void
on_commune_clicked (SobanWelcomePage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SobanUnitTable) units = soban_unit_table_load (soban_data_dir (), &error);
  g_autoptr (SobanChoiceModel) model = soban_choice_model_new ();
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (self), SOBAN_TYPE_PAGE_STACK);
  GtkWidget *page;

  if (units == NULL) {
    show_trouble (self, error);
    return;
  }
  for (guint i = 0; i < soban_unit_table_size (units); i++) {
    const SobanUnit *unit = soban_unit_table_nth (units, i);
    g_autofree char *label = NULL;

    if (unit->level == 3 && *unit->valid_to == '\0') {
      label = g_strdup_printf ("%s, %s", unit->full_name, unit->context);
      soban_choice_model_add (model, unit->uid, label);
    }
  }
  page = soban_choice_page_new (_("Your commune or ward"), model);
  g_signal_connect_object (page, "chosen", G_CALLBACK (on_commune_chosen), self, 0);
  soban_page_stack_push (SOBAN_PAGE_STACK (stack), page);
  gtk_widget_grab_focus (page);
}

typedef struct {
  char *commune, *person;
} Local;

static void
local_free (gpointer data)
{
  Local *local = data;

  g_free (local->commune);
  g_free (local->person);
  g_free (local);
}

static gboolean
run_start (SobanStore *store, gpointer data, GError **error)
{
  const Local *local = data;

  return soban_store_set_setting (store, SOBAN_SETTING_PERSON, local->person, error)
         && soban_store_set_setting (store, SOBAN_SETTING_HOME_SCOPE, local->commune, error)
         && soban_store_set_setting (store, SOBAN_SETTING_COMMUNE, local->commune, error);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanWelcomePage) self = data;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    show_trouble (self, error);
    return;
  }
  g_signal_emit_by_name (self, "done");
}

static void
on_start_clicked (SobanWelcomePage *self)
{
  Local *local = g_new0 (Local, 1);

  soban_word_in_flight_commit (GTK_WIDGET (gtk_editable_get_delegate (self->person)));
  local->commune = g_strdup (self->commune);
  local->person = g_strstrip (g_strdup (gtk_editable_get_text (self->person)));
  soban_store_run_async (self->store, run_start, local, local_free, NULL, on_started, g_object_ref (self));
}

static void
on_person_activate (SobanWelcomePage *self)
{
  if (gtk_widget_is_sensitive (GTK_WIDGET (self->start))) {
    on_start_clicked (self);
  }
}

/* ---- class ---- */

static void
soban_welcome_page_dispose (GObject *object)
{
  SobanWelcomePage *self = SOBAN_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  g_clear_pointer (&self->commune, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (soban_welcome_page_parent_class)->dispose (object);
}

static void
soban_welcome_page_class_init (SobanWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_welcome_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/welcome/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, back);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, vietnamese);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, ways_title);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, ways_text);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, ways_note);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, file);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, with_code);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, without);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, address);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, code);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, enrol);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, commune_text);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, person);
  gtk_widget_class_bind_template_child (widget_class, SobanWelcomePage, start);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_vietnamese_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_english_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_file_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_code_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_code_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_without_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_enrol_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_commune_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_start_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_person_activate);
  g_signal_new ("language", SOBAN_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("left", SOBAN_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("done", SOBAN_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_welcome_page_init (SobanWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  soban_word_in_flight_watch (GTK_WIDGET (gtk_editable_get_delegate (self->person)));
}

/* Whose word counts: the office's. Where there is none, whoever looks after the tablet can open its files anyway. */
static void
show_forgotten (SobanWelcomePage *self)
{
  g_autofree char *url = soban_store_get_setting (self->store, SOBAN_SETTING_COLLECTOR_URL);

  gtk_label_set_text (self->ways_title, _("The PIN is forgotten"));
  gtk_label_set_text (self->ways_text,
                      url != NULL ? _("Nothing is lost. Ask the officer who looks after the tablets for a new enrolment file or code for this tablet. Here, "
                                      "with a network, it takes the PIN away. All records and drafts stay.")
                                  : _("Nothing is lost. This tablet is not linked with a commune office, so nobody can open it from here. Take it to whoever "
                                      "looks after it. All records and drafts stay."));
  gtk_widget_set_visible (self->ways_note, url == NULL);
  gtk_widget_set_visible (self->file, url != NULL);
  gtk_widget_set_visible (self->with_code, url != NULL);
}

GtkWidget *
soban_welcome_page_new (SobanStore *store, SobanWelcomePurpose purpose)
{
  SobanWelcomePage *self = g_object_new (SOBAN_TYPE_WELCOME_PAGE, NULL);
  gboolean first_run = purpose == SOBAN_WELCOME_FIRST_RUN;

  self->store = g_object_ref (store);
  self->purpose = purpose;
  gtk_widget_set_visible (self->without, first_run);
  if (purpose == SOBAN_WELCOME_FORGOTTEN) {
    show_forgotten (self);
  }
  soban_welcome_page_show_step (self, first_run ? "language" : "ways");
  return GTK_WIDGET (self);
}
