/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "people/people-page.h"

#include <glib/gi18n-lib.h>

#include "store/people.h"
#include "store/settings.h"
#include "trouble/trouble-text.h"

struct _SobanPeoplePage {
  AdwBin parent_instance;

  AdwPreferencesGroup *names;
  GtkEditable *name;
  AdwActionRow *undo;

  SobanStore *store;
  GPtrArray *rows; /* (element-type GtkWidget) of @names */
  char *removed;   /* (nullable): for undo */
};

G_DEFINE_FINAL_TYPE (SobanPeoplePage, soban_people_page, ADW_TYPE_BIN)

typedef enum { PEOPLE_CHOOSE, PEOPLE_ADD, PEOPLE_REMOVE, PEOPLE_PUT_BACK } PeopleVerb;

typedef struct {
  PeopleVerb verb;
  char *name;
  char *now; /* (nullable): who goes on writing after a name was put back */
} PeopleRequest;

typedef struct {
  SobanPeoplePage *self;
  PeopleRequest *request;
} PeopleAnswer;

static void show_people (SobanPeoplePage *self);

static gboolean
run_request (SobanStore *store, gpointer data, GError **error)
{
  const PeopleRequest *request = data;

  if (request->verb == PEOPLE_REMOVE) {
    return soban_store_remove_person (store, request->name, error);
  }
  return soban_store_add_person (store, request->name, error)
         && (request->now == NULL || soban_store_add_person (store, request->now, error));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree PeopleAnswer *answer = data;
  g_autoptr (SobanPeoplePage) self = answer->self;
  PeopleRequest *request = answer->request;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)) {
    g_autofree char *sentence = soban_trouble_text (error);

    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", sentence);
  } else if (self->store != NULL) {
    g_free (self->removed);
    self->removed = request->verb == PEOPLE_REMOVE ? g_strdup (request->name) : NULL;
    if (request->verb == PEOPLE_ADD) {
      gtk_editable_set_text (self->name, "");
    }
    show_people (self);
    if (request->verb == PEOPLE_CHOOSE) {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
    }
  }
  g_free (request->name);
  g_free (request->now);
  g_free (request);
}

static void
ask (SobanPeoplePage *self, PeopleVerb verb, const char *name)
{
  PeopleRequest *request = g_new0 (PeopleRequest, 1);
  PeopleAnswer *answer = g_new0 (PeopleAnswer, 1);

  request->verb = verb;
  request->name = g_strdup (name);
  request->now = verb == PEOPLE_PUT_BACK ? soban_store_get_setting (self->store, SOBAN_SETTING_PERSON) : NULL;
  answer->self = g_object_ref (self);
  answer->request = request;
  soban_store_run_async (self->store, run_request, request, NULL, NULL, on_done, answer);
}

static void
on_row_activated (AdwActionRow *row, SobanPeoplePage *self)
{
  ask (self, PEOPLE_CHOOSE, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

static void
on_remove_clicked (GtkWidget *button, SobanPeoplePage *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

  ask (self, PEOPLE_REMOVE, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

static GtkWidget *
new_row (SobanPeoplePage *self, const char *name, gboolean now, gboolean removable)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_opacity (mark, now ? 1 : 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), mark);
  if (now) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("writes now"));
  }
  g_signal_connect_object (row, "activated", G_CALLBACK (on_row_activated), self, 0);
  if (removable) {
    GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
    g_autofree char *label = g_strdup_printf (_("Take the name %s from the list"), name);

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "flat");
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove_clicked), self, 0);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  return row;
}

static void
show_people (SobanPeoplePage *self)
{
  g_auto (GStrv) names = soban_store_list_people (self->store);
  g_autofree char *person = soban_store_get_setting (self->store, SOBAN_SETTING_PERSON);
  g_autofree char *removed =
      self->removed == NULL ? NULL : g_strdup_printf (_("%s is no longer in the list"), self->removed);

  for (guint i = 0; i < self->rows->len; i++) {
    adw_preferences_group_remove (self->names, g_ptr_array_index (self->rows, i));
  }
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; names[i] != NULL; i++) {
    GtkWidget *row = new_row (self, names[i], g_strcmp0 (names[i], person) == 0, g_strv_length (names) > 1);

    adw_preferences_group_add (self->names, row);
    g_ptr_array_add (self->rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->undo), removed != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->undo), removed == NULL ? "" : removed);
}

static void
on_name_apply (SobanPeoplePage *self)
{
  ask (self, PEOPLE_ADD, gtk_editable_get_text (self->name));
}

static void
on_undo_clicked (SobanPeoplePage *self)
{
  if (self->removed != NULL) {
    ask (self, PEOPLE_PUT_BACK, self->removed);
  }
}

static void
soban_people_page_dispose (GObject *object)
{
  SobanPeoplePage *self = SOBAN_PEOPLE_PAGE (object);

  g_clear_object (&self->store);
  gtk_widget_dispose_template (GTK_WIDGET (self), SOBAN_TYPE_PEOPLE_PAGE);
  G_OBJECT_CLASS (soban_people_page_parent_class)->dispose (object);
}

static void
soban_people_page_finalize (GObject *object)
{
  SobanPeoplePage *self = SOBAN_PEOPLE_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_free (self->removed);
  G_OBJECT_CLASS (soban_people_page_parent_class)->finalize (object);
}

static void
soban_people_page_class_init (SobanPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = soban_people_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_people_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/soban/Soban/people/people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SobanPeoplePage, names);
  gtk_widget_class_bind_template_child (widget_class, SobanPeoplePage, name);
  gtk_widget_class_bind_template_child (widget_class, SobanPeoplePage, undo);
  gtk_widget_class_bind_template_callback (widget_class, on_name_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_undo_clicked);
}

/* A row to write in has a pencil; this one adds. */
static void
set_plus (GtkWidget *widget)
{
  if (GTK_IS_IMAGE (widget) && g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (widget)), "document-edit-symbolic") == 0) {
    gtk_image_set_from_icon_name (GTK_IMAGE (widget), "list-add-symbolic");
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    set_plus (child);
  }
}

static void
soban_people_page_init (SobanPeoplePage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  set_plus (GTK_WIDGET (self->name));
}

GtkWidget *
soban_people_page_new (SobanStore *store)
{
  SobanPeoplePage *self = g_object_new (SOBAN_TYPE_PEOPLE_PAGE, NULL);

  self->store = g_object_ref (store);
  show_people (self);
  return GTK_WIDGET (self);
}
