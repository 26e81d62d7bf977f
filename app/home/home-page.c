/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "home/home-page.h"

#include <glib/gi18n-lib.h>

#include "base/language.h"
#include "base/number-text.h"
#include "entry/day-grid.h"
#include "compat/wrap-labels.h"
#include "form-style.h"
#include "home/form-tile.h"
#include "home/home-layout.h"
#include "trouble/trouble-text.h"
#include "widgets/wrapped-label.h"

struct _SobanHomePage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkWidget *parts;
  GtkLabel *trouble;
  GtkWidget *sync_button;
  GtkImage *sync_icon;
  GtkLabel *sync_text;
  GtkWidget *look_button;
  GtkLabel *look_text;
  GtkWidget *drafts_part;
  GtkBox *drafts;
  GtkExpander *others_expander;
  GtkBox *others_drafts;
  GtkWidget *person_button;
  GtkLabel *person_text;
  GtkWidget *glance;
  GtkLabel *glance_text;
  GtkProgressBar *glance_bar;
  GtkFlowBox *activities;
  GtkWidget *numbers_part;
  GtkLabel *numbers_title;
  GtkBox *numbers;
  GtkWidget *registries_title;
  GtkFlowBox *registries;

  SobanStore *store;
  gboolean reading;
  gboolean again; /* the store changed while it was being read */
};

G_DEFINE_FINAL_TYPE (SobanHomePage, soban_home_page, ADW_TYPE_BIN)

typedef struct {
  char *month;
  SobanHomeDigest *digest;
} Reading;

typedef struct {
  SobanHomePage *self;
  Reading *reading;
} ReadingAnswer;

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL) {
    gtk_box_remove (box, child);
  }
}

/* ---- tiles ---- */

static void
remove_tiles_from (GtkFlowBox *box, int position)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (box, position)) != NULL) {
    gtk_flow_box_remove (box, GTK_WIDGET (child));
  }
}

/* Tiles stay as long as their form is offered, a form that was received gets its own; only counts change often. */
static void
show_forms (SobanHomePage *self, const SobanHomeDigest *digest)
{
  int n_activities = 0, n_registries = 0;

  for (guint i = 0; i < digest->forms->len; i++) {
    const SobanHomeForm *form = &g_array_index (digest->forms, SobanHomeForm, i);
    gboolean registry = form->entry->kind == SOBAN_FORM_REGISTRY;
    GtkFlowBox *box = registry ? self->registries : self->activities;
    int position = registry ? n_registries++ : n_activities++;
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (box, position);
    GtkWidget *tile;

    if (child != NULL && soban_form_tile_get_entry (SOBAN_FORM_TILE (gtk_flow_box_child_get_child (child))) != form->entry) {
      gtk_flow_box_remove (box, GTK_WIDGET (child));
      child = NULL;
    }
    if (child == NULL) {
      tile = soban_form_tile_new (form->entry);
      gtk_flow_box_insert (box, tile, position);
      child = gtk_flow_box_get_child_at_index (box, position);
      /* The button in it takes the focus, not the frame around it. */
      gtk_widget_set_focusable (GTK_WIDGET (child), FALSE);
    }
    tile = gtk_flow_box_child_get_child (child);
    soban_form_tile_set_count (SOBAN_FORM_TILE (tile), form->records);
  }
  remove_tiles_from (self->activities, n_activities);
  remove_tiles_from (self->registries, n_registries);
  gtk_widget_set_visible (self->registries_title, n_registries > 0);
}

/* ---- drafts ---- */

static GtkWidget *
new_draft_row (SobanStore *store, const SobanDraft *draft, gboolean own)
{
  g_autofree char *id = soban_uuid_to_string (&draft->id);
  g_autofree char *time = soban_time_text (draft->changed_ms, soban_language_get ());
  const char *form = soban_form_style_name_in (store, draft->form);
  const char *title = *draft->title == '\0' ? form : draft->title;
  g_autofree char *plain = draft->edits_record ? g_strdup_printf (_("%s · correction · %s"), form, time)
                                               : g_strdup_printf ("%s · %s", form, time);
  g_autofree char *detail = own ? g_strdup (plain) : g_strdup_printf ("%s · %s", draft->person, plain);
  g_autofree char *name = g_strdup_printf (_("Go on writing: %s, %s"), title, detail);
  g_autofree char *class = soban_form_style_class (draft->form);
  GtkWidget *row = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name ("soban-edit-symbolic");

  gtk_widget_add_css_class (icon, "form-icon");
  gtk_widget_add_css_class (icon, "small");
  gtk_widget_add_css_class (icon, class);
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (title, "record-title"));
  gtk_box_append (GTK_BOX (lines), soban_wrapped_label_new (detail, "record-detail"));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_button_set_child (GTK_BUTTON (row), box);
  gtk_widget_add_css_class (row, "flat");
  gtk_widget_add_css_class (row, "answer-row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.edit");
  return row;
}

/* Where one name writes, all drafts are its own, also those of a name that was spelled otherwise before. */
static gboolean
is_own_draft (const SobanHomeDigest *digest, const SobanDraft *draft)
{
  return g_strv_length (digest->people) <= 1 || *draft->person == '\0' || g_strcmp0 (draft->person, digest->person) == 0;
}

/* Of the draft whose row has the keyboard, (transfer full) (nullable): its id. The keyboard is taken off the row, which is to go: GTK would
 * put it on what comes next and scroll there. */
static char *
take_focus_off (SobanHomePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  GVariant *id;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, self->drafts_part) || !GTK_IS_ACTIONABLE (focus)) {
    return NULL;
  }
  id = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (focus));
  gtk_root_set_focus (root, NULL);
  return id == NULL ? NULL : g_variant_dup_string (id, NULL);
}

/* Where the row is that had it before; the page stays where it was scrolled to. */
static void
give_focus_back (SobanHomePage *self, GtkBox *rows, const char *id)
{
  GtkViewport *viewport = GTK_VIEWPORT (gtk_widget_get_ancestor (self->parts, GTK_TYPE_VIEWPORT));

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (rows)); row != NULL; row = gtk_widget_get_next_sibling (row)) {
    GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (row));

    if (g_str_equal (g_variant_get_string (target, NULL), id)) {
      gtk_viewport_set_scroll_to_focus (viewport, FALSE);
      gtk_widget_grab_focus (row);
      gtk_viewport_set_scroll_to_focus (viewport, TRUE);
      return;
    }
  }
}

static void
show_drafts (SobanHomePage *self, const SobanHomeDigest *digest)
{
  guint n_own = 0, n_others = 0;
  g_autofree char *others = NULL;
  g_autofree char *focused = take_focus_off (self);

  clear_box (self->drafts);
  clear_box (self->others_drafts);
  for (guint i = 0; i < digest->drafts->len; i++) {
    const SobanDraft *draft = g_ptr_array_index (digest->drafts, i);
    gboolean own = is_own_draft (digest, draft);

    gtk_box_append (own ? self->drafts : self->others_drafts, new_draft_row (self->store, draft, own));
    n_own += own ? 1 : 0;
    n_others += own ? 0 : 1;
  }
  others = g_strdup_printf (_("Drafts of others (%u)"), n_others);
  gtk_expander_set_label (self->others_expander, others);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->others_expander), GTK_ACCESSIBLE_PROPERTY_LABEL, others, -1);
  soban_wrap_labels (GTK_WIDGET (self->others_expander));
  gtk_widget_set_visible (GTK_WIDGET (self->drafts), n_own > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->others_expander), n_others > 0);
  gtk_widget_set_visible (self->drafts_part, digest->drafts->len > 0);
  if (focused != NULL) {
    give_focus_back (self, self->drafts, focused);
    give_focus_back (self, self->others_drafts, focused);
  }
}

/* ---- who writes ---- */

static void
show_person (SobanHomePage *self, const SobanHomeDigest *digest)
{
  gboolean several = g_strv_length (digest->people) > 1;
  const char *person = digest->person == NULL ? "" : digest->person;
  g_autofree char *text = g_strdup_printf (_("%s is writing now"), person);

  gtk_label_set_text (self->person_text, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->person_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->person_button, several);
  adw_window_title_set_subtitle (self->title, several ? "" : person);
}

/* ---- numbers ---- */

/* Three sessions where one is asked for are no "300%". */
static char *
describe_plan (const SobanHomeNumber *number)
{
  const char *language = soban_language_get ();
  g_autofree char *plan = soban_number_text (number->plan, language);
  g_autofree char *percent = NULL;

  if (number->minimum) {
    return g_strdup_printf (_("Plan: at least %s a month"), plan);
  }
  if (number->value >= number->plan) {
    return g_strdup_printf (_("Plan: %s, reached"), plan);
  }
  percent = soban_percent_text (number->value, number->plan, language);
  return g_strdup_printf (_("Plan: %s, %s of it done"), plan, percent);
}

static GtkWidget *
new_number_row (const SobanHomeNumber *number)
{
  g_autofree char *text = soban_number_text (number->value, soban_language_get ());
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = soban_wrapped_label_new (number->label, "number-label");
  GtkWidget *value = gtk_label_new (text);

  gtk_widget_add_css_class (row, "number-line");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (value, "number-value");
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), value);
  gtk_box_append (GTK_BOX (row), line);
  if (number->plan > 0) {
    GtkWidget *bar = gtk_progress_bar_new ();
    g_autofree char *plan = describe_plan (number);

    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), MIN (1.0, (double)number->value / number->plan));
    gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, number->label, -1);
    gtk_box_append (GTK_BOX (row), bar);
    gtk_box_append (GTK_BOX (row), soban_wrapped_label_new (plan, "record-detail"));
  }
  return row;
}

/* The first number that has a plan: on a small screen the others are below what can be recorded. */
static void
show_glance (SobanHomePage *self, const SobanHomeDigest *digest, const char *month)
{
  const SobanHomeNumber *first = NULL;
  g_autofree char *value = NULL, *plan = NULL, *text = NULL;

  for (guint i = 0; i < digest->numbers->len && first == NULL; i++) {
    const SobanHomeNumber *number = &g_array_index (digest->numbers, SobanHomeNumber, i);

    first = number->plan > 0 ? number : NULL;
  }
  gtk_widget_set_visible (self->glance, first != NULL);
  if (first == NULL) {
    return;
  }
  value = soban_number_text (first->value, soban_language_get ());
  plan = soban_number_text (first->plan, soban_language_get ());
  /* Translators: a month, an indicator, its number this month and the plan: "November 2026 · Sessions held: 3 (plan: 9)" */
  text = g_strdup_printf (_("%s · %s: %s (plan: %s)"), month, first->label, value, plan);
  gtk_label_set_text (self->glance_text, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->glance), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_progress_bar_set_fraction (self->glance_bar, MIN (1.0, (double)first->value / first->plan));
}

static void
show_numbers (SobanHomePage *self, const SobanHomeDigest *digest)
{
  int year = atoi (digest->month), month = atoi (digest->month + 5);
  g_autofree char *title = soban_month_text (year, month);

  show_glance (self, digest, title);
  gtk_label_set_text (self->numbers_title, title);
  clear_box (self->numbers);
  for (guint i = 0; i < digest->numbers->len; i++) {
    gtk_box_append (self->numbers, new_number_row (&g_array_index (digest->numbers, SobanHomeNumber, i)));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->numbers), digest->numbers->len > 0);
}

/* ---- what is sent ---- */

static char *
describe_sync (const SobanHomeDigest *digest)
{
  g_autofree char *time = soban_time_text (digest->last_sync_ms, soban_language_get ());

  if (!digest->enrolled) {
    return g_strdup (_("All is kept on this tablet. It is not yet linked to a commune office."));
  }
  if (digest->waiting > 0) {
    return g_strdup_printf (ngettext ("%u change waits to be sent. Send it when there is a network.",
                                      "%u changes wait to be sent. Send them when there is a network.",
                                      (guint)digest->waiting),
                            (guint)digest->waiting);
  }
  if (digest->photos > 0) {
    return g_strdup_printf (ngettext ("%u photo or file waits to be sent. Send it when there is a network.",
                                      "%u photos or files wait to be sent. Send them when there is a network.", digest->photos),
                            digest->photos);
  }
  if (digest->last_sync_ms == 0) {
    return g_strdup (_("Nothing was sent yet."));
  }
  return g_strdup_printf (_("The commune has received everything, %s."), time);
}

static void
show_sync (SobanHomePage *self, const SobanHomeDigest *digest)
{
  g_autofree char *text = describe_sync (digest);
  gboolean settled = digest->enrolled && digest->waiting == 0 && digest->photos == 0 && digest->last_sync_ms > 0;

  gtk_label_set_text (self->sync_text, text);
  gtk_image_set_from_icon_name (self->sync_icon, settled            ? "soban-check-symbolic"
                                                 : digest->enrolled ? "soban-send-symbolic"
                                                                    : "soban-shield-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sync_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->sync_button, TRUE);
}

static void
show_look (SobanHomePage *self, const SobanHomeDigest *digest)
{
  guint count = (guint)digest->to_look;
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u record needs a look", "%u records need a look", count), count);

  gtk_label_set_text (self->look_text, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->look_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->look_button, count > 0);
}

/* ---- reading ---- */

static void read_digest (SobanHomePage *self);

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->digest = soban_home_digest_read (store, reading->month, error);
  return reading->digest != NULL;
}

static void
show_digest (SobanHomePage *self, const SobanHomeDigest *digest)
{
  show_forms (self, digest);
  show_drafts (self, digest);
  show_numbers (self, digest);
  show_sync (self, digest);
  show_look (self, digest);
  show_person (self, digest);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree ReadingAnswer *answer = data;
  g_autoptr (SobanHomePage) self = answer->self;
  Reading *reading = answer->reading;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);

  self->reading = FALSE;
  if (self->store != NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), !ok);
    /* Not seen any more: what had the keyboard is to be found when it is seen again, and it is read then. */
    if (ok && gtk_widget_get_mapped (GTK_WIDGET (self))) {
      show_digest (self, reading->digest);
    } else if (!ok) {
      g_autofree char *sentence = soban_trouble_text (error);

      gtk_label_set_text (self->trouble, sentence);
    }
    g_signal_emit_by_name (self, "filled");
    if (self->again) {
      read_digest (self);
    }
  }
  g_clear_pointer (&reading->digest, soban_home_digest_free);
  g_free (reading->month);
  g_free (reading);
}

static void
read_digest (SobanHomePage *self)
{
  g_autoptr (GDateTime) now = NULL;
  Reading *reading;
  ReadingAnswer *answer;

  self->again = self->reading;
  if (self->reading) {
    return;
  }
  self->reading = TRUE;
  now = soban_store_get_now (self->store);
  reading = g_new0 (Reading, 1);
  reading->month = g_date_time_format (now, "%Y-%m");
  answer = g_new0 (ReadingAnswer, 1);
  answer->self = g_object_ref (self);
  answer->reading = reading;
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, answer);
}

static void
on_store_changed (SobanHomePage *self)
{
  /* A page that is not seen is read when it is seen again. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self))) {
    read_digest (self);
  }
}

static void
on_map (SobanHomePage *self)
{
  read_digest (self);
}

static void
soban_home_page_dispose (GObject *object)
{
  SobanHomePage *self = SOBAN_HOME_PAGE (object);

  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_HOME_PAGE);
  G_OBJECT_CLASS (soban_home_page_parent_class)->dispose (object);
}

static void
soban_home_page_class_init (SobanHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_home_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/home/home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, title);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, parts);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, trouble);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, sync_button);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, sync_icon);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, sync_text);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, look_button);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, look_text);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, drafts_part);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, drafts);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, others_expander);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, others_drafts);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, person_button);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, person_text);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, glance);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, glance_text);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, glance_bar);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, activities);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, numbers_part);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, numbers_title);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, numbers);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, registries_title);
  gtk_widget_class_bind_template_child (widget_class, SobanHomePage, registries);
  g_signal_new ("filled", SOBAN_TYPE_HOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
soban_home_page_init (SobanHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  soban_home_layout_set_up (self->parts);
}

GtkWidget *
soban_home_page_new (SobanStore *store)
{
  SobanHomePage *self = g_object_new (SOBAN_TYPE_HOME_PAGE, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  return GTK_WIDGET (self);
}
