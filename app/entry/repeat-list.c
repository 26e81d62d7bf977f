/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/repeat-list.h"

#include "widgets/wrapped-label.h"

#include <glib/gi18n-lib.h>

#define PATH_KEY "soban-path"
#define TITLE_KEY "soban-title"
#define TITLE_ANSWERS_MAX 2

struct _SobanRepeatList {
  AdwBin parent_instance;

  SobanEntry *entry;
  char *path;
  GtkWidget *card;
  GtkWidget *empty;
  char *shown; /* (nullable): the paths of the items that are seen */
};

G_DEFINE_FINAL_TYPE (SobanRepeatList, soban_repeat_list, ADW_TYPE_BIN)

/* What the instance says first, so that one is told from the other. */
static char *
describe (SobanRepeatList *self, GPtrArray *pages, const char *instance_path, guint number)
{
  SobanFormInstance *instance = soban_entry_get_instance (self->entry);
  g_autoptr (GString) text = g_string_new (NULL);
  guint found = 0;

  g_string_append_printf (text, "%u", number);
  for (guint i = 0; i < pages->len; i++) {
    const SobanPage *page = g_ptr_array_index (pages, i);

    for (guint k = 0; page->kind == SOBAN_PAGE_QUESTIONS && g_strcmp0 (page->repeat_path, instance_path) == 0
                      && k < page->paths->len && found < TITLE_ANSWERS_MAX;
         k++) {
      g_autofree char *answer = soban_form_instance_get_answer_text (instance, g_ptr_array_index (page->paths, k));

      if (*answer != '\0') {
        g_string_append_printf (text, found == 0 ? ". %s" : " – %s", answer);
        found++;
      }
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_remove_clicked (GtkWidget *button, SobanRepeatList *self)
{
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (button), PATH_KEY));
  const char *title = g_object_get_data (G_OBJECT (button), TITLE_KEY);
  g_autofree char *told = g_strdup_printf (_("Removed: %s"), title);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.removed", "s", told);
  soban_entry_remove_repeat (self->entry, path);
}

static void
on_open_clicked (GtkWidget *button, SobanRepeatList *self)
{
  g_signal_emit_by_name (self, "opened", g_object_get_data (G_OBJECT (button), PATH_KEY));
}

static void
on_add_clicked (SobanRepeatList *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = soban_entry_add_repeat (self->entry, self->path, &error);

  if (path == NULL) {
    gtk_label_set_text (GTK_LABEL (self->empty), error->message);
    gtk_widget_set_visible (self->empty, TRUE);
    return;
  }
  g_signal_emit_by_name (self, "added", path);
}

/* A row is the button that opens the item, and the one that removes it. */
static void
show_title (GtkWidget *row, const char *title)
{
  GtkWidget *open = gtk_widget_get_first_child (row);
  GtkWidget *remove = gtk_widget_get_last_child (row);
  g_autofree char *remove_name = g_strdup_printf (_("Remove %s"), title);

  if (g_strcmp0 (g_object_get_data (G_OBJECT (remove), TITLE_KEY), title) == 0) {
    return;
  }
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (open)))), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (open), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, remove_name, -1);
  g_object_set_data_full (G_OBJECT (remove), TITLE_KEY, g_strdup (title), g_free);
}

static GtkWidget *
new_row (SobanRepeatList *self, const char *path)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = soban_wrapped_label_new (NULL, NULL);
  GtkWidget *open = gtk_button_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (line), title);
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("soban-edit-symbolic"));
  gtk_button_set_child (GTK_BUTTON (open), line);
  gtk_widget_add_css_class (open, "flat");
  gtk_widget_add_css_class (open, "answer-row");
  gtk_widget_set_hexpand (open, TRUE);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "remove");
  g_object_set_data_full (G_OBJECT (open), PATH_KEY, g_strdup (path), g_free);
  g_object_set_data_full (G_OBJECT (remove), PATH_KEY, g_strdup (path), g_free);
  g_signal_connect_object (open, "clicked", G_CALLBACK (on_open_clicked), self, 0);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove_clicked), self, 0);
  gtk_box_append (GTK_BOX (row), open);
  gtk_box_append (GTK_BOX (row), remove);
  return row;
}

static char *
join (const GPtrArray *paths)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++) {
    g_string_append_printf (text, "%s\n", (const char *)g_ptr_array_index (paths, i));
  }
  return g_string_free (text, FALSE);
}

static void
make_rows (SobanRepeatList *self, const GPtrArray *instances)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->card)) != NULL) {
    gtk_box_remove (GTK_BOX (self->card), child);
  }
  for (guint i = 0; i < instances->len; i++) {
    gtk_box_append (GTK_BOX (self->card), new_row (self, g_ptr_array_index (instances, i)));
  }
  gtk_widget_set_visible (self->card, instances->len > 0);
  gtk_widget_set_visible (self->empty, instances->len == 0);
}

void
soban_repeat_list_refresh (SobanRepeatList *self)
{
  SobanFormInstance *instance;
  g_autoptr (GPtrArray) instances = NULL;
  g_autoptr (GPtrArray) pages = NULL;
  g_autofree char *paths = NULL;
  GtkWidget *row;

  g_return_if_fail (SOBAN_IS_REPEAT_LIST (self));
  instance = soban_entry_get_instance (self->entry);
  instances = soban_form_instance_list_repeats (instance, self->path);
  paths = join (instances);
  if (g_strcmp0 (paths, self->shown) != 0) {
    g_free (self->shown);
    self->shown = g_steal_pointer (&paths);
    make_rows (self, instances);
  }
  pages = soban_form_instance_list_pages (instance);
  row = gtk_widget_get_first_child (self->card);
  for (guint i = 0; i < instances->len; i++, row = gtk_widget_get_next_sibling (row)) {
    g_autofree char *title = describe (self, pages, g_ptr_array_index (instances, i), i + 1);

    show_title (row, title);
  }
}

static void
soban_repeat_list_dispose (GObject *object)
{
  g_clear_object (&SOBAN_REPEAT_LIST (object)->entry);
  G_OBJECT_CLASS (soban_repeat_list_parent_class)->dispose (object);
}

static void
soban_repeat_list_finalize (GObject *object)
{
  g_free (SOBAN_REPEAT_LIST (object)->path);
  g_free (SOBAN_REPEAT_LIST (object)->shown);
  G_OBJECT_CLASS (soban_repeat_list_parent_class)->finalize (object);
}

static void
soban_repeat_list_class_init (SobanRepeatListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = soban_repeat_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = soban_repeat_list_finalize;
  g_signal_new ("opened", SOBAN_TYPE_REPEAT_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("added", SOBAN_TYPE_REPEAT_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
soban_repeat_list_init (SobanRepeatList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *add = gtk_button_new_with_label (_("Add one"));

  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->card, "card");
  gtk_widget_add_css_class (self->card, "answers");
  self->empty = gtk_label_new (_("None yet. If there is none, go on."));
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->empty), 0);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_widget_set_halign (add, GTK_ALIGN_START);
  g_signal_connect_object (add, "clicked", G_CALLBACK (on_add_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->card);
  gtk_box_append (GTK_BOX (box), self->empty);
  gtk_box_append (GTK_BOX (box), add);
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
soban_repeat_list_new (SobanEntry *entry, const char *repeat_path)
{
  SobanRepeatList *self = g_object_new (SOBAN_TYPE_REPEAT_LIST, NULL);

  self->entry = g_object_ref (entry);
  self->path = g_strdup (repeat_path);
  soban_repeat_list_refresh (self);
  return GTK_WIDGET (self);
}
