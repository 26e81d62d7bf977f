/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "entry/question-upload.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/limits.h"
#include "compat/file-pick.h"
#include "entry/question-kind.h"
#include "media/upload.h"
#include "store/attachment-store.h"
#include "trouble/trouble-text.h"
#include "widgets/attachment-view.h"
#include "widgets/wrapped-label.h"

#define PREVIEW_SIDE_MAX 280

#define SOBAN_TYPE_QUESTION_UPLOAD (soban_question_upload_get_type ())
G_DECLARE_FINAL_TYPE (SobanQuestionUpload, soban_question_upload, SOBAN, QUESTION_UPLOAD, SobanQuestionView)

/* A photo or another file. The answer is the name that the store gives its bytes. What was there before can be had back until the page is left. */
struct _SobanQuestionUpload {
  SobanQuestionView parent_instance;

  GtkBox *frame;      /* holds @preview */
  GtkWidget *preview; /* (nullable): SobanAttachmentView */
  GtkWidget *busy;
  GtkLabel *words; /* what went wrong */
  GtkWidget *undo_row;
  GtkLabel *undo_text;
  GtkWidget *buttons;
  GtkButton *choose;
  GtkButton *remove;
  char *mediatype;
  char *before;       /* (nullable): what undo puts back */
  char *chosen, *chosen_title; /* (nullable): the last file chosen here: its name in the store, and the one it came with */
  gboolean working;
};

G_DEFINE_FINAL_TYPE (SobanQuestionUpload, soban_question_upload, SOBAN_TYPE_QUESTION_VIEW)

typedef enum { FILE_PICTURE, FILE_SOUND, FILE_FILM, FILE_ANY } FileKind;

static FileKind
get_kind (SobanQuestionUpload *self)
{
  static const char *const FAMILIES[FILE_ANY] = { "image/", "audio/", "video/" };

  for (guint i = 0; i < FILE_ANY; i++) {
    if (g_str_has_prefix (self->mediatype, FAMILIES[i])) {
      return (FileKind)i;
    }
  }
  return FILE_ANY;
}

static const char *
get_choose_text (FileKind kind, gboolean again)
{
  switch (kind) {
  case FILE_PICTURE:
    return again ? _("Choose another picture") : _("Choose a picture");
  case FILE_SOUND:
    return again ? _("Choose another recording") : _("Choose a recording");
  case FILE_FILM:
    return again ? _("Choose another film") : _("Choose a film");
  case FILE_ANY:
    break;
  }
  return again ? _("Choose another file") : _("Choose a file");
}

/* (transfer full) */
static char *
describe (SobanQuestionUpload *self, const GError *error)
{
  if (error->domain == SOBAN_STORE_ERROR && error->code == SOBAN_STORE_ERROR_LIMIT) {
    return g_strdup (_("Many pictures and files wait to be sent. Send them first, then choose this one again."));
  }
  if (error->domain != G_IO_ERROR) {
    return soban_trouble_text (error);
  }
  switch (error->code) {
  case G_IO_ERROR_NOT_SUPPORTED:
    return g_strdup (get_kind (self) == FILE_SOUND  ? _("This file is no sound recording. Nothing was changed.")
                     : get_kind (self) == FILE_FILM ? _("This file is no film. Nothing was changed.")
                                                    : _("This file is no picture that the tablet can read; JPG and PNG are. Nothing was changed."));
  case G_IO_ERROR_INVALID_DATA:
  case G_IO_ERROR_PARTIAL_INPUT:
    return g_strdup (_("This file is damaged or empty. Nothing was changed."));
  case G_IO_ERROR_MESSAGE_TOO_LARGE:
    return get_kind (self) == FILE_PICTURE ? g_strdup (_("This picture is too large for this tablet. Nothing was changed."))
                                           : g_strdup_printf (_("This file is too large: at most %u MB go with a record. Nothing was changed."),
                            SOBAN_ATTACHMENT_BYTES_MAX / (1024 * 1024));
  default:
    return g_strdup (_("This file cannot be read. If it is on a memory stick, is the stick still in? Nothing was changed."));
  }
}

/* ---- taking a file ---- */

typedef struct {
  SobanEntry *entry;
  SobanQuestionUpload *view; /* (nullable): weak: the page may have been left meanwhile; the answer comes all the same */
  char *path;
  char *mediatype;
  GFile *file;
  char *name; /* (nullable): the answer */
} Work;

static void
work_free (Work *work)
{
  g_clear_weak_pointer (&work->view);
  g_object_unref (work->entry);
  g_object_unref (work->file);
  g_free (work->path);
  g_free (work->mediatype);
  g_free (work->name);
  g_free (work);
}

/* On a worker. */
static gboolean
run_work (SobanStore *store, gpointer data, GError **error)
{
  Work *work = data;
  g_autofree char *extension = NULL;
  g_autoptr (GBytes) bytes = soban_upload_read (work->file, work->mediatype, &extension, error);

  if (bytes == NULL) {
    return FALSE;
  }
  work->name = soban_store_put_attachment (store, bytes, extension, error);
  return work->name != NULL;
}

static void
set_working (SobanQuestionUpload *self, gboolean working)
{
  self->working = working;
  gtk_widget_set_visible (self->busy, working);
  gtk_spinner_set_spinning (GTK_SPINNER (gtk_widget_get_first_child (self->busy)), working);
  gtk_widget_set_sensitive (self->buttons, !working);
  gtk_widget_set_sensitive (self->undo_row, !working);
}

static void
set_words (SobanQuestionUpload *self, const char *text)
{
  gtk_label_set_text (self->words, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->words), text != NULL);
}

/* @before: (nullable): what can be had back, and why it is not the answer any more. */
static void
offer_undo (SobanQuestionUpload *self, const char *before, const char *text)
{
  g_free (self->before);
  self->before = before == NULL || *before == '\0' ? NULL : g_strdup (before);
  gtk_label_set_text (self->undo_text, text == NULL ? "" : text);
  gtk_widget_set_visible (self->undo_row, self->before != NULL);
}

static const char *
get_value (SobanEntry *entry, const char *path)
{
  const char *value = soban_form_instance_get (soban_entry_get_instance (entry), path);

  return value == NULL ? "" : value;
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = soban_store_run_finish (SOBAN_STORE (source), result, &error);
  g_autofree char *before = g_strdup (get_value (work->entry, work->path));

  if (work->view != NULL) {
    g_autofree char *sentence = ok ? NULL : describe (work->view, error);

    set_working (work->view, FALSE);
    set_words (work->view, sentence);
  }
  if (ok && work->view != NULL) {
    g_free (work->view->chosen);
    g_free (work->view->chosen_title);
    work->view->chosen = g_strdup (work->name);
    work->view->chosen_title = g_file_get_basename (work->file);
    offer_undo (work->view, g_str_equal (before, work->name) ? NULL : before, _("It was replaced."));
  }
  if (ok) {
    soban_entry_set (work->entry, work->path, work->name);
  } else {
    g_debug ("Taking a file: %s", error->message);
  }
  soban_entry_release (work->entry);
  work_free (work);
}

void
soban_question_upload_take (SobanQuestionView *view, GFile *file)
{
  SobanQuestionUpload *self;
  Work *work;

  g_return_if_fail (SOBAN_IS_QUESTION_UPLOAD (view));
  self = SOBAN_QUESTION_UPLOAD (view);
  if (self->working) {
    return;
  }
  work = g_new0 (Work, 1);
  work->entry = g_object_ref (soban_question_view_get_entry (view));
  g_set_weak_pointer (&work->view, self);
  work->path = g_strdup (soban_question_view_get_path (view));
  work->mediatype = g_strdup (self->mediatype);
  work->file = g_object_ref (file);
  set_words (self, NULL);
  set_working (self, TRUE);
  soban_entry_hold (work->entry);
  soban_store_run_async (soban_entry_get_store (work->entry), run_work, work, NULL, NULL, on_worked, work);
}

static void
on_picked (GFile *file, gpointer data)
{
  soban_question_upload_take (data, file);
}

static void
on_choose_clicked (SobanQuestionUpload *self)
{
  static const char *const PATTERNS[] = { "image/*", "audio/*", "video/*", NULL };
  FileKind kind = get_kind (self);

  soban_file_pick_kind (GTK_WIDGET (self), get_choose_text (kind, FALSE), PATTERNS[kind], on_picked, self);
}

static void
on_remove_clicked (SobanQuestionUpload *self)
{
  SobanQuestionView *view = SOBAN_QUESTION_VIEW (self);
  g_autofree char *before = g_strdup (get_value (soban_question_view_get_entry (view), soban_question_view_get_path (view)));

  set_words (self, NULL);
  offer_undo (self, before, _("It was taken out."));
  soban_question_view_answer (view, NULL);
  soban_question_view_refresh (view);
  gtk_widget_grab_focus (gtk_widget_get_last_child (self->undo_row));
}

static void
on_undo_clicked (SobanQuestionUpload *self)
{
  g_autofree char *before = g_strdup (self->before);

  offer_undo (self, NULL, NULL);
  soban_question_view_answer (SOBAN_QUESTION_VIEW (self), before);
  soban_question_view_refresh (SOBAN_QUESTION_VIEW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->choose));
}

/* ---- how it looks ---- */

static GtkWidget *
new_busy (FileKind kind)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_append (GTK_BOX (box), gtk_spinner_new ());
  gtk_box_append (GTK_BOX (box), soban_wrapped_label_new (kind == FILE_PICTURE ? _("Making the picture ready…") : _("Taking the file…"), "question-hint"));
  gtk_widget_set_visible (box, FALSE);
  return box;
}

static void
build_undo (SobanQuestionUpload *self)
{
  GtkWidget *button = gtk_button_new_with_label (_("Put it back"));

  self->undo_row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->undo_text = GTK_LABEL (soban_wrapped_label_new ("", "undo-text"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->undo_text), TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->undo_row), GTK_WIDGET (self->undo_text));
  gtk_box_append (GTK_BOX (self->undo_row), button);
  gtk_widget_set_visible (self->undo_row, FALSE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_undo_clicked), self, G_CONNECT_SWAPPED);
}

static void
build_buttons (SobanQuestionUpload *self)
{
  self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->choose = GTK_BUTTON (gtk_button_new ());
  self->remove = GTK_BUTTON (gtk_button_new_with_label (_("Take it out")));
  gtk_widget_add_css_class (GTK_WIDGET (self->choose), "field");
  gtk_widget_add_css_class (GTK_WIDGET (self->choose), "upload");
  gtk_widget_add_css_class (GTK_WIDGET (self->remove), "flat");
  g_signal_connect_object (self->choose, "clicked", G_CALLBACK (on_choose_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->remove, "clicked", G_CALLBACK (on_remove_clicked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->buttons), GTK_WIDGET (self->choose));
  gtk_box_append (GTK_BOX (self->buttons), GTK_WIDGET (self->remove));
}

static void
build (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionUpload *self = SOBAN_QUESTION_UPLOAD (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  FileKind kind;

  self->mediatype = g_strdup (question->mediatype);
  kind = get_kind (self);
  self->frame = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->busy = new_busy (kind);
  self->words = GTK_LABEL (soban_wrapped_label_new ("", "upload-words"));
  gtk_widget_set_visible (GTK_WIDGET (self->words), FALSE);
  build_undo (self);
  build_buttons (self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->frame));
  gtk_box_append (GTK_BOX (box), self->busy);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), self->undo_row);
  gtk_box_append (GTK_BOX (box), self->buttons);
  if (kind == FILE_PICTURE || kind == FILE_FILM) {
    gtk_box_append (GTK_BOX (box), soban_wrapped_label_new (_("No close-ups of children. No photos of people receiving support."), "upload-prompt"));
  }
  soban_question_view_set_control (view, box, box);
}

static void
name_button (GtkButton *button, const char *text, const char *label)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", text, label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_preview (SobanQuestionUpload *self, const SobanQuestion *question)
{
  if (*question->value == '\0') {
    if (self->preview != NULL) {
      gtk_box_remove (self->frame, self->preview);
      self->preview = NULL;
    }
    return;
  }
  if (self->preview == NULL) {
    self->preview = soban_attachment_view_new (soban_entry_get_store (soban_question_view_get_entry (SOBAN_QUESTION_VIEW (self))), PREVIEW_SIDE_MAX);
    gtk_box_append (self->frame, self->preview);
  }
  soban_attachment_view_show (SOBAN_ATTACHMENT_VIEW (self->preview), question->value, question->label,
                              g_strcmp0 (self->chosen, question->value) == 0 ? self->chosen_title : NULL);
}

static void
show (SobanQuestionView *view, const SobanQuestion *question)
{
  SobanQuestionUpload *self = SOBAN_QUESTION_UPLOAD (view);
  gboolean answered = *question->value != '\0';
  const char *choose = get_choose_text (get_kind (self), answered);

  show_preview (self, question);
  if (g_strcmp0 (gtk_button_get_label (self->choose), choose) != 0) {
    gtk_button_set_label (self->choose, choose);
  }
  name_button (self->choose, choose, question->label);
  name_button (self->remove, _("Take it out"), question->label);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), answered);
  gtk_widget_set_visible (self->buttons, !question->readonly);
}

static void
soban_question_upload_finalize (GObject *object)
{
  SobanQuestionUpload *self = SOBAN_QUESTION_UPLOAD (object);

  g_free (self->mediatype);
  g_free (self->before);
  g_free (self->chosen);
  g_free (self->chosen_title);
  G_OBJECT_CLASS (soban_question_upload_parent_class)->finalize (object);
}

static void
soban_question_upload_class_init (SobanQuestionUploadClass *klass)
{
  SobanQuestionViewClass *view_class = SOBAN_QUESTION_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soban_question_upload_finalize;
  view_class->build = build;
  view_class->show = show;
}

static void
soban_question_upload_init (SobanQuestionUpload *self)
{
}
