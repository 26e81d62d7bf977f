/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "record/record-page.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "form-style.h"
#include "form/form-instance.h"
#include "record/history-list.h"
#include "trouble/trouble-text.h"
#include "widgets/answer-list.h"
#include "widgets/held-text.h"

struct _SobanRecordPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkWidget *back;
  GtkStack *stack;
  GtkWidget *hint;
  AdwStatusPage *trouble;
  GtkScrolledWindow *scroller;
  GtkImage *icon;
  GtkLabel *heading;
  GtkLabel *state;
  GtkWidget *look;
  GtkLabel *look_text;
  GtkWidget *disputed;
  GtkLabel *disputed_text;
  GtkActionable *edit;
  GtkActionable *delete;
  GtkActionable *undelete;
  AdwBin *answers;
  GtkExpander *history_expander;
  GtkBox *history;

  SobanStore *store;
  gboolean chosen;
  SobanUuid id;
  guint64 serial; /* of the reading under way; answers to an older one are dropped */
  char *style;    /* (nullable): css class of the form shown */

  SobanRecord *record; /* (nullable): what is shown */
  SobanFormHost *host;
  SobanFormInstance *instance;
  GPtrArray *items; /* (element-type SobanHistoryItem) */
  guint conflicts;  /* questions with several answers */
};

G_DEFINE_FINAL_TYPE (SobanRecordPage, soban_record_page, ADW_TYPE_BIN)

typedef struct {
  SobanUuid id;
  SobanRecord *record;
  SobanForm *form;
  GPtrArray *history;
  guint conflicts;
} Reading;

typedef struct {
  SobanRecordPage *self;
  Reading *reading;
  guint64 serial;
} ReadingAnswer;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->record, soban_record_free);
  g_clear_pointer (&reading->form, soban_form_unref);
  g_clear_pointer (&reading->history, g_ptr_array_unref);
  g_free (reading);
}

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;
  g_autoptr (GPtrArray) conflicts = NULL;

  reading->record = soban_store_get_record (store, &reading->id, error);
  if (reading->record == NULL) {
    return FALSE;
  }
  reading->form = soban_form_library_get (soban_store_get_forms (store), reading->record->form,
                                          reading->record->form_version, error);
  if (reading->form == NULL) {
    return FALSE;
  }
  conflicts = soban_store_list_conflicts (store, &reading->id, error);
  if (conflicts == NULL) {
    return FALSE;
  }
  reading->conflicts = conflicts->len;
  reading->history = soban_store_get_history (store, &reading->id, error);
  return reading->history != NULL;
}

static void
drop_record (SobanRecordPage *self)
{
  adw_bin_set_child (self->answers, NULL);
  g_clear_pointer (&self->instance, soban_form_instance_free);
  g_clear_pointer (&self->host, soban_store_form_host_free);
  g_clear_pointer (&self->record, soban_record_free);
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

static void
show_state (SobanRecordPage *self)
{
  g_autofree char *time = soban_time_text (self->record->changed_ms, soban_language_get ());
  g_autofree char *changed = soban_held_moment (time);
  const char *delivery = self->record->delivery == SOBAN_RECORD_RECEIVED ? _("The commune has received it")
                                                                         : _("Saved on this tablet, not sent yet");
  const char *gone = self->record->erased ? _("Erased by law, for good") : _("Deleted");
  g_autofree char *text = g_strdup_printf ("%s" SOBAN_NO_BREAK "· %s", self->record->deleted || self->record->erased ? gone : delivery, changed);

  gtk_label_set_text (self->state, text);
}

static void
show_problems (SobanRecordPage *self)
{
  g_autoptr (GPtrArray) problems = soban_form_instance_validate (self->instance);
  guint hard = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < problems->len; i++) {
    hard += ((const SobanProblem *)g_ptr_array_index (problems, i))->kind != SOBAN_PROBLEM_WARNING;
  }
  gtk_widget_set_visible (self->look, self->record->needs_look && !self->record->deleted);
  text = hard == 0
             ? g_strdup (_("This record needs a look."))
             : g_strdup_printf (ngettext ("This record needs a look: %u answer is missing or does not fit.",
                                          "This record needs a look: %u answers are missing or do not fit.", hard),
                                hard);
  gtk_label_set_text (self->look_text, text);
}

static void
show_conflicts (SobanRecordPage *self)
{
  g_autofree char *text = g_strdup_printf (ngettext ("Two people answered %u question differently, neither knowing of the other.",
                                                     "Two people answered %u questions differently, neither knowing of the other.",
                                                     self->conflicts),
                                           self->conflicts);

  gtk_label_set_text (self->disputed_text, self->record->deleted ? _("Somebody deleted this record while another wrote in it.") : text);
  gtk_widget_set_visible (self->disputed, self->conflicts > 0);
}

static void
set_targets (SobanRecordPage *self)
{
  g_autofree char *id = soban_uuid_to_string (&self->id);

  gtk_actionable_set_action_target (self->edit, "s", id);
  gtk_actionable_set_action_target (self->delete, "s", id);
  gtk_actionable_set_action_target (self->undelete, "s", id);
  gtk_widget_set_visible (GTK_WIDGET (self->edit), !self->record->deleted && !self->record->erased);
  gtk_widget_set_visible (GTK_WIDGET (self->delete), !self->record->deleted && !self->record->erased);
  gtk_widget_set_visible (GTK_WIDGET (self->undelete), self->record->deleted && !self->record->erased);
}

static void
fill_history (SobanRecordPage *self)
{
  if (gtk_expander_get_expanded (self->history_expander) && self->instance != NULL) {
    soban_history_list_fill (self->history, self->store, &self->id, self->instance, self->items);
  }
}

static void
show_record (SobanRecordPage *self)
{
  const char *name = soban_form_style_name_in (self->store, self->record->form);

  if (self->style != NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
    g_free (self->style);
  }
  self->style = soban_form_style_class (self->record->form);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), self->style);
  gtk_image_set_from_icon_name (self->icon, soban_form_style_icon (self->store, self->record->form));
  adw_window_title_set_title (self->title, name);
  gtk_label_set_text (self->heading, *self->record->title == '\0' ? name : self->record->title);
  show_state (self);
  show_problems (self);
  show_conflicts (self);
  set_targets (self);
  adw_bin_set_child (self->answers, soban_answer_list_new (self->store, self->instance, NULL, NULL));
  fill_history (self);
  gtk_stack_set_visible_child_name (self->stack, "record");
}

static void
show_trouble (SobanRecordPage *self, const GError *error)
{
  g_autofree char *sentence = soban_trouble_text (error);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_window_title_set_title (self->title, "");
  adw_status_page_set_title (self->trouble, _("This record cannot be shown"));
  adw_status_page_set_description (self->trouble, escaped);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree ReadingAnswer *answer = data;
  g_autoptr (SobanRecordPage) self = answer->self;
  Reading *reading = answer->reading;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  if (answer->serial == self->serial && self->store != NULL) {
    drop_record (self);
    if (ok) {
      self->record = g_steal_pointer (&reading->record);
      self->items = g_steal_pointer (&reading->history);
      self->conflicts = reading->conflicts;
      self->host = soban_store_get_form_host (self->store);
      self->instance = soban_form_instance_new (reading->form, self->host, self->record->fields, &error);
    }
    if (self->instance != NULL) {
      show_record (self);
    } else {
      show_trouble (self, error);
    }
    g_signal_emit_by_name (self, "loaded");
  }
  reading_free (reading);
}

static void
read_record (SobanRecordPage *self)
{
  Reading *reading = g_new0 (Reading, 1);
  ReadingAnswer *answer = g_new0 (ReadingAnswer, 1);

  reading->id = self->id;
  answer->self = g_object_ref (self);
  answer->reading = reading;
  answer->serial = ++self->serial;
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, answer);
}

void
soban_record_page_show (SobanRecordPage *self, const SobanUuid *id)
{
  g_return_if_fail (SOBAN_IS_RECORD_PAGE (self));

  self->chosen = id != NULL;
  self->serial++;
  if (id == NULL) {
    adw_window_title_set_title (self->title, "");
    gtk_stack_set_visible_child_name (self->stack, "none");
    drop_record (self);
    return;
  }
  self->id = *id;
  gtk_expander_set_expanded (self->history_expander, FALSE);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  read_record (self);
}

const SobanUuid *
soban_record_page_get_id (SobanRecordPage *self)
{
  return self->chosen ? &self->id : NULL;
}

void
soban_record_page_set_back_visible (SobanRecordPage *self, gboolean visible)
{
  gtk_widget_set_visible (self->back, visible);
}

void
soban_record_page_set_hint_visible (SobanRecordPage *self, gboolean visible)
{
  gtk_widget_set_visible (self->hint, visible);
}

static void
on_store_changed (SobanRecordPage *self)
{
  if (self->chosen) {
    read_record (self);
  }
}

static void
on_history_expanded (SobanRecordPage *self)
{
  fill_history (self);
}

static void
soban_record_page_dispose (GObject *object)
{
  SobanRecordPage *self = SOBAN_RECORD_PAGE (object);

  self->serial++;
  if (self->answers != NULL) {
    drop_record (self);
  }
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_RECORD_PAGE);
  G_OBJECT_CLASS (soban_record_page_parent_class)->dispose (object);
}

static void
soban_record_page_finalize (GObject *object)
{
  g_free (SOBAN_RECORD_PAGE (object)->style);
  G_OBJECT_CLASS (soban_record_page_parent_class)->finalize (object);
}

static void
soban_record_page_class_init (SobanRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_record_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_record_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/record/record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, back);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, hint);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, state);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, look);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, look_text);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, disputed);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, disputed_text);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, edit);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, delete);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, undelete);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, answers);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, history_expander);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordPage, history);
  gtk_widget_class_bind_template_callback (widget_class, on_history_expanded);
  g_signal_new ("loaded", SOBAN_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_record_page_init (SobanRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_record_page_new (SobanStore *store)
{
  SobanRecordPage *self = g_object_new (SOBAN_TYPE_RECORD_PAGE, NULL);

  self->store = g_object_ref (store);
  /* The target first: an action with a parameter must not stand without one. */
  gtk_actionable_set_action_target (self->edit, "s", "");
  gtk_actionable_set_action_target (self->delete, "s", "");
  gtk_actionable_set_action_target (self->undelete, "s", "");
  gtk_actionable_set_action_name (self->edit, "win.edit");
  gtk_actionable_set_action_name (self->delete, "win.delete");
  gtk_actionable_set_action_name (self->undelete, "win.undelete");
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
