/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/start-part.h"

#include <glib/gi18n-lib.h>

#include "base/limits.h"
#include "compat/page-stack.h"
#include "store/record-store.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"
#include "widgets/choice-page.h"

/* An entry of a register that new records begin with. */
typedef struct {
  const char *setting;
  const char *form;
  gboolean own_commune; /* only those of the tablet's commune */
} StartKind;

static const StartKind TEAM = { SOBAN_SETTING_TEAM, "communication_team", FALSE };
static const StartKind VILLAGE = { SOBAN_SETTING_VILLAGE, "village", TRUE };

/* Of one row: what is asked of the worker, and what it answers. */
typedef struct {
  GtkWidget *row;
  const StartKind *kind;
  char *value;             /* to be set; "" = none */
  char *title;             /* (nullable): of what is set */
  GPtrArray *rows;         /* (nullable) (element-type GPtrArray of SobanRecordRow) */
} Work;

static void
work_free (Work *work)
{
  g_object_unref (work->row);
  g_free (work->value);
  g_free (work->title);
  g_clear_pointer (&work->rows, g_ptr_array_unref);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static SobanStore *
get_store (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "soban-store");
}

static Work *
work_new (GtkWidget *row, const char *value)
{
  Work *work = g_new0 (Work, 1);

  work->row = g_object_ref (row);
  work->kind = g_object_get_data (G_OBJECT (row), "soban-kind");
  work->value = g_strdup (value);
  return work;
}

/* FALSE: the person was told why. */
static gboolean
finish (GObject *source, GAsyncResult *result, Work *work)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    return TRUE;
  }
  sentence = soban_trouble_text (error);
  gtk_widget_activate_action (work->row, "win.tell", "s", sentence);
  return FALSE;
}

/* ---- what is set ---- */

static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;
  g_autofree char *id = soban_store_get_setting (store, work->kind->setting);
  GError *failure = NULL;

  work->title = soban_store_get_title (store, id, &failure);
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Work) work = data;

  if (finish (source, result, work)) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (work->row), work->title == NULL ? _("Not chosen") : work->title);
  }
}

static void
read_row (GtkWidget *row)
{
  Work *work = work_new (row, NULL);

  soban_store_run_async (get_store (row), run_reading, work, NULL, NULL, on_read, work);
}

/* ---- choosing ---- */

static gboolean
run_setting (SobanStore *store, gpointer data, GError **error)
{
  const Work *work = data;

  return soban_store_set_setting (store, work->kind->setting, *work->value == '\0' ? NULL : work->value, error);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Work) work = data;

  if (finish (source, result, work)) {
    read_row (work->row);
  }
}

static void
on_chosen (GtkWidget *page, const char *value, const char *label, GtkWidget *row)
{
  Work *work = work_new (row, value);

  soban_store_run_async (get_store (row), run_setting, work, NULL, NULL, on_set, work);
  gtk_widget_activate_action (page, "win.back", NULL);
}

static gboolean
run_list (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;
  g_autofree char *commune = work->kind->own_commune ? soban_store_get_setting (store, SOBAN_SETTING_COMMUNE) : NULL;
  const SobanRecordQuery query = { .form = work->kind->form, .registries = TRUE, .unit = commune };
  g_autoptr (GArray) ids = soban_store_list_records (store, &query, error);

  work->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  for (guint at = 0; ids != NULL && at < ids->len; at += SOBAN_LIST_PAGE_ROWS) {
    GPtrArray *rows = soban_store_get_rows (store, &g_array_index (ids, SobanUuid, at),
                                            MIN (SOBAN_LIST_PAGE_ROWS, ids->len - at), error);

    if (rows == NULL) {
      return FALSE;
    }
    g_ptr_array_add (work->rows, rows);
  }
  return ids != NULL;
}

static void
add_choices (SobanChoiceModel *model, const GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const SobanRecordRow *row = g_ptr_array_index (rows, i);
    g_autofree char *id = row == NULL ? NULL : soban_uuid_to_string (&row->id);

    if (id != NULL) {
      soban_choice_model_add (model, id, row->title);
    }
  }
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Work) work = data;
  g_autoptr (SobanChoiceModel) model = NULL;
  GtkWidget *stack = gtk_widget_get_ancestor (work->row, SOBAN_TYPE_PAGE_STACK);
  GtkWidget *page;

  gtk_widget_set_sensitive (work->row, TRUE);
  if (!finish (source, result, work) || stack == NULL) {
    return;
  }
  if (work->rows->len == 0) {
    gtk_widget_activate_action (work->row, "win.tell", "s",
                                _("There is none in the register yet. Add it on the home screen, under Registers."));
    return;
  }
  model = soban_choice_model_new ();
  soban_choice_model_add (model, "", _("None"));
  for (guint i = 0; i < work->rows->len; i++) {
    add_choices (model, g_ptr_array_index (work->rows, i));
  }
  page = soban_choice_page_new (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (work->row)), model);
  g_signal_connect_object (page, "chosen", G_CALLBACK (on_chosen), work->row, 0);
  soban_page_stack_push (SOBAN_PAGE_STACK (stack), page);
  gtk_widget_grab_focus (page);
}

static void
on_activated (GtkWidget *row)
{
  Work *work = work_new (row, NULL);

  gtk_widget_set_sensitive (row, FALSE);
  soban_store_run_async (get_store (row), run_list, work, NULL, NULL, on_listed, work);
}

static void
add_row (GtkWidget *group, SobanStore *store, const StartKind *kind, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "use-markup", FALSE, "title", title, "subtitle", "…", "activatable", TRUE, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "soban-store", g_object_ref (store), g_object_unref);
  g_object_set_data (G_OBJECT (row), "soban-kind", (gpointer)kind);
  g_signal_connect (row, "activated", G_CALLBACK (on_activated), NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  read_row (row);
}

GtkWidget *
soban_start_part_new (SobanStore *store)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("What new records begin with"));
  add_row (group, store, &TEAM, _("Communication team"));
  add_row (group, store, &VILLAGE, _("Village"));
  return group;
}
