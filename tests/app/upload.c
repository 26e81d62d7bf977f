/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photos and files of upload questions: what a person chooses is made ready, kept, seen again; what cannot be taken changes nothing. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/attachment-name.h"
#include "base/limits.h"
#include "controls-form.h"
#include "entry/entry-page-end.h"
#include "entry/question-upload.h"
#include "media/picture.h"
#include "media/upload.h"
#include "record/record-page.h"
#include "store/attachment-store.h"
#include "store/draft-store.h"
#include "store/record-store.h"
#include "ui.h"
#include "widgets/picture-area.h"

typedef struct {
  SobanStore *store;
  SobanWindow *window;
  SobanEntryPage *page;
  char *folder; /* of what is chosen from */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = sample_store_new ();
  sample_store_begin (fixture->store);
  controls_form_publish (fixture->store);
  fixture->folder = g_dir_make_tmp ("soban-upload-XXXXXX", NULL);
  fixture->window = ui_open_window (fixture->store);
  fixture->page = controls_form_open (fixture->window);
  soban_entry_page_show_question (fixture->page, "photo");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  ui_close_window (fixture->window);
  sample_store_free (fixture->store);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static GFile *
write_file (Fixture *fixture, const char *name, gconstpointer data, gsize length)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize)length, NULL));
  return g_file_new_for_path (path);
}

/* What a camera adds: turned by a quarter, taken at 21 degrees north. A marker of its own after the start of the JPEG. */
static const guint8 EXIF[] = {
  0xff, 0xe1, 0x00, 0x58, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 0x2a, 0, 8, 0, 0, 0, 2, 0,
  0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0,       /* orientation 6: its left side is up */
  0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0,      /* where the place is */
  0, 0, 0, 0,
  1, 0, 2, 0, 5, 0, 3, 0, 0, 0, 56, 0, 0, 0,      /* three fractions of latitude */
  0, 0, 0, 0,
  21, 0, 0, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0,
};

static GFile *
write_photo (Fixture *fixture, const char *name, int width, int height)
{
  g_autoptr (GBytes) picture = controls_form_picture (width, height, "jpeg");
  g_autoptr (GByteArray) photo = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (picture, &length);

  G_STATIC_ASSERT (sizeof EXIF == 0x58 + 2);
  g_byte_array_append (photo, data, 2);
  g_byte_array_append (photo, EXIF, sizeof EXIF);
  g_byte_array_append (photo, data + 2, (guint)(length - 2));
  return write_file (fixture, name, photo->data, photo->len);
}

static const char *
get_value (Fixture *fixture, const char *path)
{
  const char *value = soban_form_instance_get (soban_entry_get_instance (soban_entry_page_get_entry (fixture->page)), path);

  return value == NULL ? "" : value;
}

typedef struct {
  Fixture *fixture;
  const char *path;
  const char *text; /* of a label, or the value before */
} Sought;

static gboolean
is_other (gpointer data)
{
  const Sought *sought = data;

  return !g_str_equal (get_value (sought->fixture, sought->path), sought->text);
}

static gboolean
is_said (gpointer data)
{
  const Sought *sought = data;

  return sample_find (controls_form_find_view (sought->fixture->page, sought->path), GTK_TYPE_LABEL, sought->text) != NULL;
}

static gboolean
is_pictured (gpointer data)
{
  const Sought *sought = data;

  return sample_find (controls_form_find_view (sought->fixture->page, sought->path), SOBAN_TYPE_PICTURE_AREA, NULL) != NULL;
}

static SobanQuestionView *
get_view (Fixture *fixture, const char *path)
{
  return SOBAN_QUESTION_VIEW (controls_form_find_view (fixture->page, path));
}

/* (transfer full): the new answer */
static char *
take (Fixture *fixture, const char *path, GFile *file)
{
  g_autofree char *before = g_strdup (get_value (fixture, path));
  Sought sought = { fixture, path, before };

  soban_question_upload_take (get_view (fixture, path), file);
  sample_wait (is_other, &sought);
  return g_strdup (get_value (fixture, path));
}

static void
click (Fixture *fixture, const char *path, const char *text)
{
  GtkWidget *button = sample_find (GTK_WIDGET (get_view (fixture, path)), GTK_TYPE_BUTTON, text);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
holds (GBytes *bytes, const char *text)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return memmem (data, length, text, strlen (text)) != NULL;
}

static void
test_photo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = write_photo (fixture, "IMG_0001.JPG", 3000, 2000);
  g_autofree char *name = take (fixture, "photo", file);
  g_autoptr (GBytes) bytes = soban_store_get_attachment (fixture->store, name, NULL);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new_from_stream (stream, NULL, NULL);
  Sought sought = { fixture, "photo", NULL };
  const guint8 *pixel;

  g_assert_true (soban_attachment_name_is_valid (name));
  g_assert_true (g_str_has_suffix (name, ".jpg"));
  /* Upright, smaller, without place and camera. */
  g_assert_cmpint (gdk_pixbuf_get_height (picture), ==, SOBAN_PICTURE_SIDE_PX_MAX);
  g_assert_cmpint (gdk_pixbuf_get_width (picture), ==, SOBAN_PICTURE_SIDE_PX_MAX * 2 / 3);
  pixel = gdk_pixbuf_read_pixels (picture) + 3 * (gdk_pixbuf_get_width (picture) - 20) + 20 * gdk_pixbuf_get_rowstride (picture);
  g_assert_cmpuint (pixel[0], >, 180); /* the red corner is at the upper right now */
  g_assert_cmpuint (pixel[1], <, 80);
  g_assert_false (holds (bytes, "Exif"));
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 400 * 1024);
  sample_wait (is_pictured, &sought);
  g_assert_nonnull (sample_find (GTK_WIDGET (get_view (fixture, "photo")), GTK_TYPE_LABEL,
                                 "Không chụp cận mặt trẻ em. Không chụp người đang được hỗ trợ."));
}

static void
test_replace_and_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) one = write_photo (fixture, "1.jpg", 300, 200);
  g_autoptr (GFile) two = write_photo (fixture, "2.jpg", 200, 200);
  g_autofree char *first = take (fixture, "photo", one);
  g_autofree char *second = take (fixture, "photo", two);

  g_assert_cmpstr (first, !=, second);
  click (fixture, "photo", "Lấy lại");
  g_assert_cmpstr (get_value (fixture, "photo"), ==, first);
  click (fixture, "photo", "Bỏ ra");
  g_assert_cmpstr (get_value (fixture, "photo"), ==, "");
  g_assert_nonnull (sample_find (GTK_WIDGET (get_view (fixture, "photo")), GTK_TYPE_BUTTON, "Chọn ảnh"));
  click (fixture, "photo", "Lấy lại");
  g_assert_cmpstr (get_value (fixture, "photo"), ==, first);
  g_assert_nonnull (sample_find (GTK_WIDGET (get_view (fixture, "photo")), GTK_TYPE_BUTTON, "Chọn ảnh khác"));
}

/* A file is kept as it is and named by its kind and size. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  static const char TEXT[] = "Biên bản họp bản Nà Lùng\n";
  g_autoptr (GFile) file = write_file (fixture, "Biên bản.txt", TEXT, strlen (TEXT));
  g_autoptr (GFile) photo = write_photo (fixture, "scan.jpg", 200, 100);
  g_autofree char *name = take (fixture, "minutes", file);
  g_autoptr (GBytes) bytes = soban_store_get_attachment (fixture->store, name, NULL);
  g_autofree char *picture = NULL;
  g_autoptr (GBytes) clean = NULL;
  Sought sought = { fixture, "minutes", "Biên bản.txt" };

  g_assert_true (g_str_has_suffix (name, ".txt"));
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), TEXT, strlen (TEXT));
  sample_wait (is_said, &sought);
  /* A photo among the files tells its place as little as any. */
  picture = take (fixture, "minutes", photo);
  clean = soban_store_get_attachment (fixture->store, picture, NULL);
  g_assert_false (holds (clean, "Exif"));
}

static void
refuse (Fixture *fixture, const char *path, GFile *file, const char *sentence)
{
  g_autofree char *before = g_strdup (get_value (fixture, path));
  Sought sought = { fixture, path, sentence };

  soban_question_upload_take (get_view (fixture, path), file);
  sample_wait (is_said, &sought);
  g_assert_cmpstr (get_value (fixture, path), ==, before);
}

/* As it is on a stick that was pulled out too early. */
static GFile *
cut_off (Fixture *fixture, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return write_file (fixture, "cut.jpg", data, length * 3 / 4);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) good = write_photo (fixture, "good.jpg", 300, 200);
  g_autofree char *kept = take (fixture, "photo", good);
  g_autoptr (GFile) text = write_file (fixture, "letter.txt", "Kính gửi", 9);
  g_autoptr (GFile) disguised = write_file (fixture, "letter.jpg", "Kính gửi", 9);
  g_autoptr (GFile) empty = write_file (fixture, "empty.jpg", "", 0);
  g_autoptr (GBytes) picture = controls_form_picture (800, 600, "png");
  g_autoptr (GFile) cut = write_file (fixture, "cut.png", g_bytes_get_data (picture, NULL), g_bytes_get_size (picture) / 2);
  g_autoptr (GFile) cut_photo = cut_off (fixture, good);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "gone.jpg", NULL);
  g_autoptr (GFile) gone = g_file_new_for_path (nowhere);
  const char *no_picture = "Tệp này không phải ảnh mà máy đọc được (máy đọc được ảnh JPG và PNG). Chưa có gì thay đổi.";

  refuse (fixture, "photo", text, no_picture);
  refuse (fixture, "photo", disguised, no_picture);
  refuse (fixture, "photo", cut, "Tệp này bị hỏng hoặc trống. Chưa có gì thay đổi.");
  refuse (fixture, "photo", cut_photo, "Tệp này bị hỏng hoặc trống. Chưa có gì thay đổi.");
  refuse (fixture, "photo", empty, "Tệp này bị hỏng hoặc trống. Chưa có gì thay đổi.");
  refuse (fixture, "photo", gone, "Không đọc được tệp này. Nếu tệp ở trong USB, chị xem USB còn cắm không. Chưa có gì thay đổi.");
  refuse (fixture, "voice", text, "Tệp này không phải bản ghi âm. Chưa có gì thay đổi.");
  g_assert_cmpstr (get_value (fixture, "photo"), ==, kept);
  /* The next good one is taken as if nothing had been. */
  click (fixture, "photo", "Bỏ ra");
  g_free (take (fixture, "photo", good));
  g_assert_cmpstr (get_value (fixture, "photo"), ==, kept);
}

/* A hundred megabytes, and a picture that claims to be enormous: refused before they are in memory. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) small = controls_form_picture (100, 100, "png");
  g_autofree guint8 *bomb = g_memdup2 (g_bytes_get_data (small, NULL), g_bytes_get_size (small));
  g_autofree char *path = g_build_filename (fixture->folder, "film.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) enormous = NULL;
  FILE *hole = g_fopen (path, "w");
  /* Width and height of the header, with the check of its 17 bytes. */
  static const guint8 SIZE[] = { 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30 };
  static const guint8 CHECK[] = { 0xe9, 0x45, 0x6f, 0xed };

  fputs ("%PDF-1.4\n", hole);
  g_assert_no_errno (fseek (hole, 100 * 1024 * 1024, SEEK_SET));
  fputc (' ', hole);
  fclose (hole);
  refuse (fixture, "minutes", file, "Tệp này quá lớn: mỗi tệp kèm phiếu không quá 10 MB. Chưa có gì thay đổi.");
  memcpy (bomb + 16, SIZE, sizeof SIZE);
  memcpy (bomb + 29, CHECK, sizeof CHECK);
  enormous = write_file (fixture, "bomb.png", bomb, g_bytes_get_size (small));
  refuse (fixture, "photo", enormous, "Ảnh này quá lớn so với máy. Chưa có gì thay đổi.");
}

/* What was chosen a moment ago belongs to the record, even if the person was faster than the tablet. */
static void
test_complete_waits (Fixture *fixture, gconstpointer data)
{
  SobanEntry *entry = soban_entry_page_get_entry (fixture->page);
  g_autoptr (GFile) file = write_photo (fixture, "late.jpg", 2400, 1800);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SobanRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = *soban_entry_get_id (entry);

  soban_entry_set (entry, "name", "Lò Thị Thu Thủy");
  soban_entry_set (entry, "water", "well");
  soban_question_upload_take (get_view (fixture, "photo"), file);
  soban_entry_page_show_review (fixture->page);
  soban_entry_page_next (fixture->page);
  while (record == NULL) {
    g_main_context_iteration (NULL, FALSE);
    record = soban_store_get_record (fixture->store, &id, NULL);
  }
  g_assert_true (soban_attachment_name_is_valid (soban_field_map_get (record->fields, "photo")));
}

static gboolean
is_made (gpointer entry)
{
  return !soban_entry_is_held (entry);
}

/* A form is left when the photo is there: afterwards nobody would put it into the draft. */
static void
test_leave_while_working (Fixture *fixture, gconstpointer data)
{
  SobanEntry *entry = soban_entry_page_get_entry (fixture->page);
  g_autoptr (GFile) file = write_photo (fixture, "late.jpg", 2400, 1800);
  g_autoptr (SobanDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  SobanUuid id = *soban_entry_get_id (entry);

  soban_entry_set (entry, "name", "Lò Thị Thu Thủy");
  soban_question_upload_take (get_view (fixture, "photo"), file);
  g_assert_true (soban_window_is_making (fixture->window));
  g_assert_false (soban_window_flush (fixture->window));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
  g_assert_true (ui_get_top (fixture->window) == GTK_WIDGET (fixture->page));
  /* All but the photo is kept already. */
  draft = soban_store_get_draft (fixture->store, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soban_field_map_get (draft->fields, "name"), ==, "Lò Thị Thu Thủy");
  sample_wait (is_made, entry);
  g_assert_false (soban_window_is_making (fixture->window));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL);
  sample_wait (ui_has_no_entry, fixture->window);
  g_clear_pointer (&draft, soban_draft_free);
  draft = soban_store_get_draft (fixture->store, &id, &error);
  g_assert_no_error (error);
  g_assert_true (soban_attachment_name_is_valid (soban_field_map_get (draft->fields, "photo")));
}

/* While completing waits for a photo nothing can be altered, and the draft can be thrown away: no record is made of it then. */
static void
test_discard_while_completing_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SobanEntry) entry = g_object_ref (soban_entry_page_get_entry (fixture->page));
  g_autoptr (GFile) file = write_photo (fixture, "late.jpg", 2400, 1800);
  g_autoptr (SobanRecord) record = NULL;
  SobanUuid id = *soban_entry_get_id (entry);

  soban_entry_set (entry, "name", "Lò Thị Thu Thủy");
  soban_entry_set (entry, "water", "well");
  soban_question_upload_take (get_view (fixture, "photo"), file);
  soban_entry_page_show_review (fixture->page);
  soban_entry_page_next (fixture->page);
  g_assert_true (soban_entry_page_is_busy (fixture->page));
  soban_entry_page_back (fixture->page);
  g_assert_true (soban_entry_page_is_review (fixture->page));
  soban_entry_page_discard (fixture->page);
  sample_wait (ui_has_no_entry, fixture->window);
  sample_wait (is_made, entry);
  sample_settle ();
  record = soban_store_get_record (fixture->store, &id, NULL);
  g_assert_null (record);
}

static gboolean
shows_picture (gpointer data)
{
  return sample_find (data, SOBAN_TYPE_PICTURE_AREA, NULL) != NULL;
}

static void
test_review (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = write_photo (fixture, "1.jpg", 640, 480);

  g_free (take (fixture, "photo", file));
  soban_entry_page_show_review (fixture->page);
  sample_wait (shows_picture, fixture->page);
}

typedef struct {
  GtkWidget *root;
  const char *text;
} Saying;

static gboolean
says (gpointer data)
{
  const Saying *saying = data;

  return sample_find (saying->root, GTK_TYPE_LABEL, saying->text) != NULL;
}

/* The record came by sync, its photo not yet. */
static void
test_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *photo = soban_attachment_name_new ("another", 7, "jpg");
  g_autofree char *minutes = soban_attachment_name_new ("another", 7, "pdf");
  g_autofree char *id = sample_store_save (fixture->store, CONTROLS_FORM, "name", "Vàng A Páo", "photo", photo, "minutes", minutes, NULL);
  Saying picture = { GTK_WIDGET (fixture->window), "Ảnh này ở máy khác, không bị mất." };
  Saying file = { GTK_WIDGET (fixture->window), "Tệp này ở máy khác, không bị mất." };

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.record", "s", id);
  sample_wait (says, &picture);
  sample_wait (says, &file);
}

#define ADD(path, func) g_test_add ("/upload/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("photo", test_photo);
  ADD ("replace-and-remove", test_replace_and_remove);
  ADD ("file", test_file);
  ADD ("bad-files", test_bad_files);
  ADD ("too-large", test_too_large);
  ADD ("complete-waits", test_complete_waits);
  ADD ("leave-while-working", test_leave_while_working);
  ADD ("discard-while-completing-waits", test_discard_while_completing_waits);
  ADD ("review", test_review);
  ADD ("elsewhere", test_elsewhere);
  return g_test_run ();
}
