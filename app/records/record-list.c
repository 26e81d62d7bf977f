/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "records/record-list.h"

#include <glib/gi18n-lib.h>

#include "compat/page-stack.h"
#include "entry/day-grid.h"
#include "form-style.h"
#include "records/record-row.h"
#include "records/tools-layout.h"
#include "trouble/trouble-text.h"
#include "widgets/choice-page.h"
#include "widgets/text-choice.h"

#define MONTHS_OFFERED_MIN 12
#define MONTHS_OFFERED_MAX 240

enum { STATE_ALL, STATE_NEEDS_LOOK, STATE_WAITING, STATE_DELETED };

struct _SobanRecordList {
  AdwBin parent_instance;

  AdwHeaderBar *header;
  GtkEditable *search;
  GtkToggleButton *filter_toggle;
  GtkDropDown *form_choice;
  GtkDropDown *month_choice;
  GtkWidget *village_choice;
  GtkLabel *village_text;
  GtkDropDown *state_choice;
  GtkDropDown *order_choice;
  GtkStack *stack;
  AdwStatusPage *nothing;
  GtkListView *list;
  GtkActionable *add;
  GtkActionable *first;

  SobanStore *store;
  SobanRecordListModel *model;
  GPtrArray *forms;  /* (element-type utf8): ids, at 0 NULL for all */
  GPtrArray *months; /* (element-type utf8): "2026-11", at 0 NULL for all */
  char *village;     /* (nullable): only this one; as in SobanRecordQuery */
  gboolean setting;  /* several filters are being set at once */
  SobanReportSelection *selection; /* (nullable): only the records behind a number of a report */
  SobanPeriod *period;             /* (nullable): of the selection */
  GtkWidget *selection_part;
  GtkLabel *selection_text;
  char *selection_title; /* (nullable): what the selection is */
  gboolean fresh;  /* another query is being answered: its first rows are seen */
  guint frames_laid_out; /* since its answer */
  gboolean marks; /* which record is open beside the list */
  SobanUuid open;
};

G_DEFINE_FINAL_TYPE (SobanRecordList, soban_record_list, ADW_TYPE_BIN)

/* By more than the form. */
static gboolean
is_filtered (SobanRecordList *self)
{
  return *gtk_editable_get_text (self->search) != '\0' || gtk_drop_down_get_selected (self->month_choice) != 0
         || gtk_drop_down_get_selected (self->state_choice) != STATE_ALL || self->village != NULL || self->selection != NULL;
}

/* A new record of the form that is listed; with all listed, the home screen is where to choose. */
static void
set_targets (SobanRecordList *self, const char *form)
{
  GtkActionable *const buttons[] = { self->add, self->first };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++) {
    gtk_actionable_set_action_name (buttons[i], NULL);
    gtk_actionable_set_action_target_value (buttons[i], form == NULL ? NULL : g_variant_new_string (form));
    gtk_actionable_set_action_name (buttons[i], form == NULL ? "win.home" : "win.new");
  }
}

static void
append_choice (GString *text, const char *choice)
{
  g_string_append_printf (text, "%s%s", text->len == 0 ? "" : " · ", choice);
}

static void
append_selected (GString *text, GtkDropDown *choice)
{
  if (gtk_drop_down_get_selected (choice) > 0) {
    append_choice (text, gtk_string_object_get_string (gtk_drop_down_get_selected_item (choice)));
  }
}

/* Above the list: what it is limited to, and cannot be seen in the filters as long as they are closed. */
static void
show_bar (SobanRecordList *self)
{
  g_autoptr (GString) text = g_string_new (self->selection == NULL ? "" : self->selection_title);

  if (!gtk_toggle_button_get_active (self->filter_toggle)) {
    append_selected (text, self->month_choice);
    if (self->village != NULL) {
      append_choice (text, gtk_label_get_text (self->village_text));
    }
    append_selected (text, self->state_choice);
  }
  gtk_label_set_text (self->selection_text, text->str);
  gtk_widget_set_visible (self->selection_part, text->len > 0);
}

static void
apply_filter (SobanRecordList *self)
{
  const char *search = gtk_editable_get_text (self->search);
  guint state = gtk_drop_down_get_selected (self->state_choice);
  SobanRecordQuery query = {
    .form = g_ptr_array_index (self->forms, gtk_drop_down_get_selected (self->form_choice)),
    .search = *search == '\0' ? NULL : search,
    .month = g_ptr_array_index (self->months, gtk_drop_down_get_selected (self->month_choice)),
    .needs_look = state == STATE_NEEDS_LOOK,
    .waiting = state == STATE_WAITING,
    .deleted = state == STATE_DELETED,
    .village = self->village,
    .order = (SobanRecordOrder)gtk_drop_down_get_selected (self->order_choice),
    .registries = TRUE,
  };

  if (self->selection != NULL) {
    soban_report_selection_apply (self->selection, self->period, &query);
    query.village = query.village == NULL ? self->village : query.village;
  }
  set_targets (self, query.form);
  show_bar (self);
  self->fresh = TRUE;
  soban_record_list_model_set_query (self->model, &query);
}

static void
on_filter_changed (SobanRecordList *self)
{
  if (self->model != NULL && !self->setting) {
    apply_filter (self);
  }
}

static void
drop_selection (SobanRecordList *self)
{
  g_clear_pointer (&self->selection, soban_report_selection_free);
  g_clear_pointer (&self->period, soban_period_free);
  g_clear_pointer (&self->selection_title, g_free);
}

void
soban_record_list_show_selection (SobanRecordList *self, const SobanReportSelection *selection, const char *title)
{
  g_autoptr (GVariant) copy = g_variant_ref_sink (soban_report_selection_to_variant (selection));
  g_autofree char *label = NULL;

  drop_selection (self);
  self->selection = soban_report_selection_from_variant (copy);
  self->period = soban_period_parse (selection->period);
  g_return_if_fail (self->period != NULL);
  label = soban_period_label (self->period, NULL);
  self->selection_title = *selection->label == '\0' ? g_strdup_printf ("%s · %s", title, label)
                                                  : g_strdup_printf ("%s · %s · %s", title, label, selection->label);
  apply_filter (self);
}

/* @title: (nullable) with @village NULL: all */
static void
set_village (SobanRecordList *self, const char *village, const char *title)
{
  g_autofree char *copy = g_strdup (village);
  const char *text = village == NULL ? _("All villages") : title;
  g_autofree char *name = g_strdup_printf (_("Village: %s"), text);

  g_free (self->village);
  self->village = g_steal_pointer (&copy);
  gtk_label_set_text (self->village_text, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->village_choice), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* What the bar says; what is searched for and the kind of form stay. */
static void
drop_limits (SobanRecordList *self)
{
  drop_selection (self);
  gtk_drop_down_set_selected (self->month_choice, 0);
  gtk_drop_down_set_selected (self->state_choice, STATE_ALL);
  set_village (self, NULL, NULL);
}

static void
on_drop_selection_clicked (SobanRecordList *self)
{
  self->setting = TRUE;
  drop_limits (self);
  self->setting = FALSE;
  apply_filter (self);
}

static void
on_show_all_clicked (SobanRecordList *self)
{
  self->setting = TRUE;
  drop_limits (self);
  gtk_editable_set_text (self->search, "");
  gtk_drop_down_set_selected (self->form_choice, 0);
  self->setting = FALSE;
  apply_filter (self);
}

/* An empty list is good news, too, where it is one of work to do. */
static void
describe_nothing (SobanRecordList *self)
{
  const char *title = _("Nothing found"), *text = _("Try a shorter word, or show all records.");
  guint state = *gtk_editable_get_text (self->search) == '\0' ? gtk_drop_down_get_selected (self->state_choice) : STATE_ALL;

  if (state == STATE_NEEDS_LOOK) {
    title = _("Nothing needs a look");
    text = _("No record here has two answers to one question or breaks a rule of its form.");
  } else if (state == STATE_WAITING) {
    title = _("Everything is sent");
    text = _("No record here waits to be sent.");
  } else if (state == STATE_DELETED) {
    title = _("Nothing is deleted");
    text = _("A record that is deleted is found here and can be brought back.");
  }
  adw_status_page_set_title (self->nothing, title);
  adw_status_page_set_description (self->nothing, text);
}

/* A list keeps the row that it has in its middle; rows that were not laid out yet cannot be scrolled to. */
static gboolean
on_frame (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  SobanRecordList *self = data;

  if (self->frames_laid_out++ == 0) {
    return G_SOURCE_CONTINUE;
  }
  if (self->model != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0 && gtk_widget_get_mapped (list)) {
    gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list)), 0);
  }
  return G_SOURCE_REMOVE;
}

static void
on_settled (SobanRecordList *self)
{
  const char *page = "list";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0) {
    if (soban_record_list_model_is_loading (self->model)) {
      page = "loading";
    } else {
      page = is_filtered (self) ? "nothing" : "none";
      describe_nothing (self);
    }
  }
  gtk_stack_set_visible_child_name (self->stack, page);
  if (self->fresh && !soban_record_list_model_is_loading (self->model)) {
    self->fresh = FALSE;
    self->frames_laid_out = 0;
    gtk_widget_add_tick_callback (GTK_WIDGET (self->list), on_frame, self, NULL);
  }
}

static void
on_activate (SobanRecordList *self, guint position)
{
  g_autoptr (SobanRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL) {
    g_signal_emit_by_name (self, "opened", item);
  }
}

/* ---- rows ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, SobanRecordList *self)
{
  gtk_list_item_set_child (list_item, soban_record_row_widget_new (self->store));
}

static void
mark (SobanRecordList *self, SobanRecordRowWidget *row)
{
  SobanRecordItem *item = soban_record_row_widget_get_item (row);

  soban_record_row_widget_set_open (row, item != NULL && self->marks && soban_uuid_equal (soban_record_item_get_id (item), &self->open));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, SobanRecordList *self)
{
  SobanRecordRowWidget *row = SOBAN_RECORD_ROW_WIDGET (gtk_list_item_get_child (list_item));

  soban_record_row_widget_set_item (row, gtk_list_item_get_item (list_item));
  mark (self, row);
}

void
soban_record_list_mark (SobanRecordList *self, const SobanUuid *id)
{
  g_return_if_fail (SOBAN_IS_RECORD_LIST (self));
  self->marks = id != NULL;
  self->open = id == NULL ? self->open : *id;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->list)); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *row = gtk_widget_get_first_child (child);

    if (SOBAN_IS_RECORD_ROW_WIDGET (row)) {
      mark (self, SOBAN_RECORD_ROW_WIDGET (row));
    }
  }
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  soban_record_row_widget_set_item (SOBAN_RECORD_ROW_WIDGET (gtk_list_item_get_child (list_item)), NULL);
}

/* ---- filters ---- */

static void
fill_forms (SobanRecordList *self, const char *form)
{
  const GPtrArray *entries = soban_form_library_list (soban_store_get_forms (self->store));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  gtk_string_list_append (names, _("All forms"));
  g_ptr_array_add (self->forms, NULL);
  for (guint i = 0; i < entries->len; i++) {
    const SobanFormEntry *entry = g_ptr_array_index (entries, i);

    if (!entry->offered) {
      continue;
    }
    gtk_string_list_append (names, soban_form_style_entry_name (entry));
    g_ptr_array_add (self->forms, g_strdup (entry->id));
    if (g_strcmp0 (entry->id, form) == 0) {
      selected = self->forms->len - 1;
    }
  }
  soban_text_choice_fill (self->form_choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->form_choice, selected);
}

/* Back to @first ("2026-01") or a year, whichever is more. */
static void
fill_months (SobanRecordList *self, const char *first)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autoptr (GDateTime) now = soban_store_get_now (self->store);
  int count = g_date_time_get_year (now) * 12 + g_date_time_get_month (now) - 1;
  int first_year = atoi (first), first_month = strlen (first) == strlen ("2026-01") ? atoi (first + 5) : 0;
  int offered = first_month == 0 ? 0 : count - (first_year * 12 + first_month - 1) + 1;

  g_ptr_array_set_size (self->months, 0);
  gtk_string_list_append (names, _("All months"));
  g_ptr_array_add (self->months, NULL);
  for (int i = 0; i < CLAMP (offered, MONTHS_OFFERED_MIN, MONTHS_OFFERED_MAX); i++) {
    int year = (count - i) / 12, month = (count - i) % 12 + 1;

    gtk_string_list_take (names, soban_month_text (year, month));
    g_ptr_array_add (self->months, g_strdup_printf ("%04d-%02d", year, month));
  }
  soban_text_choice_fill (self->month_choice, G_LIST_MODEL (names));
}

typedef struct {
  SobanRecordList *self;
  char *first_month;
} MonthReading;

static gboolean
run_first_month (SobanStore *store, gpointer data, GError **error)
{
  MonthReading *reading = data;

  reading->first_month = soban_store_get_first_month (store, error);
  return reading->first_month != NULL;
}

static void
on_first_month (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree MonthReading *reading = data;
  g_autoptr (SobanRecordList) self = reading->self;
  g_autofree char *first_month = NULL;
  g_autoptr (GError) error = NULL;
  guint selected;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_message ("%s", error->message);
  }
  first_month = g_steal_pointer (&reading->first_month);
  if (self->model == NULL || first_month == NULL) {
    return;
  }
  /* The same months in the same places, and more behind them. */
  selected = gtk_drop_down_get_selected (self->month_choice);
  self->setting = TRUE;
  fill_months (self, first_month);
  gtk_drop_down_set_selected (self->month_choice, selected);
  self->setting = FALSE;
}

static void
read_first_month (SobanRecordList *self)
{
  MonthReading *reading = g_new0 (MonthReading, 1);

  reading->self = g_object_ref (self);
  soban_store_run_async (self->store, run_first_month, reading, NULL, NULL, on_first_month, reading);
}

/* ---- the village ---- */

typedef struct {
  SobanRecordList *self;
  GPtrArray *villages; /* (nullable) (element-type SobanVillageUse) */
} VillageReading;

static gboolean
run_villages (SobanStore *store, gpointer data, GError **error)
{
  VillageReading *reading = data;

  reading->villages = soban_store_list_villages (store, error);
  return reading->villages != NULL;
}

static void
on_village_chosen (GtkWidget *page, const char *value, const char *label, SobanRecordList *self)
{
  set_village (self, *value == '\0' ? NULL : value, label);
  apply_filter (self);
  gtk_widget_activate_action (page, "win.back", NULL);
}

static void
on_villages (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree VillageReading *reading = data;
  g_autoptr (SobanRecordList) self = reading->self;
  g_autoptr (GPtrArray) villages = NULL;
  g_autoptr (SobanChoiceModel) model = soban_choice_model_new ();
  g_autoptr (GError) error = NULL;
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (self), SOBAN_TYPE_PAGE_STACK);
  GtkWidget *page;

  gtk_widget_set_sensitive (self->village_choice, TRUE);
  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", sentence);
    return;
  }
  villages = g_steal_pointer (&reading->villages);
  if (self->model == NULL || stack == NULL) {
    return;
  }
  soban_choice_model_add (model, "", _("All villages"));
  for (guint i = 0; i < villages->len; i++) {
    const SobanVillageUse *use = g_ptr_array_index (villages, i);

    soban_choice_model_add (model, use->village, use->title);
  }
  page = soban_choice_page_new (_("Village"), model);
  g_signal_connect_object (page, "chosen", G_CALLBACK (on_village_chosen), self, 0);
  soban_page_stack_push (SOBAN_PAGE_STACK (stack), page);
  gtk_widget_grab_focus (page);
}

static void
on_village_clicked (SobanRecordList *self)
{
  VillageReading *reading = g_new0 (VillageReading, 1);

  gtk_widget_set_sensitive (self->village_choice, FALSE);
  reading->self = g_object_ref (self);
  soban_store_run_async (self->store, run_villages, reading, NULL, NULL, on_villages, reading);
}

static void
fill_orders (SobanRecordList *self)
{
  /* In the order of SobanRecordOrder. */
  const char *const texts[] = { _("Newest first"), _("Oldest first"), _("By name"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (texts);

  soban_text_choice_fill (self->order_choice, G_LIST_MODEL (names));
}

static void
fill_states (SobanRecordList *self)
{
  const char *const texts[] = { _("All states"), _("Needs a look"), _("Not sent yet"), _("Deleted"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (texts);

  soban_text_choice_fill (self->state_choice, G_LIST_MODEL (names));
}

void
soban_record_list_show_state (SobanRecordList *self, gboolean needs_look, gboolean waiting)
{
  gtk_drop_down_set_selected (self->state_choice, needs_look ? STATE_NEEDS_LOOK : waiting ? STATE_WAITING : STATE_ALL);
  gtk_toggle_button_set_active (self->filter_toggle, needs_look || waiting);
}

void
soban_record_list_set_window_buttons (SobanRecordList *self, gboolean visible)
{
  adw_header_bar_set_show_end_title_buttons (self->header, visible);
}

void
soban_record_list_set_order (SobanRecordList *self, SobanRecordOrder order)
{
  gtk_drop_down_set_selected (self->order_choice, order);
}

void
soban_record_list_focus_search (SobanRecordList *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

void
soban_record_list_set_search (SobanRecordList *self, const char *text)
{
  gtk_editable_set_text (self->search, text);
}

SobanRecordListModel *
soban_record_list_get_model (SobanRecordList *self)
{
  return self->model;
}

static void
soban_record_list_dispose (GObject *object)
{
  SobanRecordList *self = SOBAN_RECORD_LIST (object);

  if (self->list != NULL) {
    gtk_list_view_set_model (self->list, NULL);
  }
  g_clear_object (&self->model);
  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_RECORD_LIST);
  G_OBJECT_CLASS (soban_record_list_parent_class)->dispose (object);
}

static void
soban_record_list_finalize (GObject *object)
{
  g_ptr_array_unref (SOBAN_RECORD_LIST (object)->forms);
  g_ptr_array_unref (SOBAN_RECORD_LIST (object)->months);
  g_free (SOBAN_RECORD_LIST (object)->village);
  g_free (SOBAN_RECORD_LIST (object)->selection_title);
  soban_report_selection_free (SOBAN_RECORD_LIST (object)->selection);
  g_clear_pointer (&SOBAN_RECORD_LIST (object)->period, soban_period_free);
  G_OBJECT_CLASS (soban_record_list_parent_class)->finalize (object);
}

static void
soban_record_list_class_init (SobanRecordListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_record_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_record_list_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/records/record-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, header);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, search);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, filter_toggle);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, form_choice);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, month_choice);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, village_choice);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, village_text);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, state_choice);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, order_choice);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, selection_part);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, selection_text);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, stack);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, nothing);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, list);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, add);
  gtk_widget_class_bind_template_child (widget_class, SobanRecordList, first);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, show_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_village_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_drop_selection_clicked);
  g_signal_new ("opened", SOBAN_TYPE_RECORD_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                SOBAN_TYPE_RECORD_ITEM);
}

static void
soban_record_list_init (SobanRecordList *self)
{
  self->forms = g_ptr_array_new_with_free_func (g_free);
  self->months = g_ptr_array_new_with_free_func (g_free);
  g_type_ensure (SOBAN_TYPE_TOOLS_LAYOUT);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
soban_record_list_new (SobanStore *store, const char *form)
{
  SobanRecordList *self = g_object_new (SOBAN_TYPE_RECORD_LIST, NULL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->store = g_object_ref (store);
  fill_forms (self, form);
  fill_months (self, "");
  fill_states (self);
  fill_orders (self);
  set_village (self, NULL, NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  self->model = soban_record_list_model_new (store);
  g_signal_connect_object (self->model, "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  gtk_list_view_set_model (self->list, selection);
  apply_filter (self);
  read_first_month (self);
  return GTK_WIDGET (self);
}
