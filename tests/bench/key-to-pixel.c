/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a key takes to be seen, in whatever program has the keyboard on an Xvfb:
 *   key-to-pixel FRAMEBUFFER KEYS
 * FRAMEBUFFER is the file of `Xvfb -fbdir`. Keys are pressed as a keyboard presses them (XTEST); then the line of text is looked at in the
 * frame buffer itself, which costs the display nothing, until letters have come or gone. A blinking caret is no letter: it is narrower.
 * Which line that is, the first keys show. Prints `name value` in ms.
 */
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_PER_PIXEL 4
#define LETTERS_IN_LINE 24 /* then they are taken away again: the line never moves */
#define COLUMNS_MIN 4      /* wider than any caret */
#define LINE_ROWS_MAX 60
#define WARM_KEYS 4
#define WARM_US (250 * 1000)
#define PAUSE_US (55 * 1000)      /* between keys: a quick typist */
#define PAUSE_STEP_US (7 * 1000)  /* more from key to key, up to: so that they fall anywhere between two frames */
#define PAUSE_STEPS 7
#define LOOK_US 100
#define DEADLINE_US (2 * 1000 * 1000)

typedef struct {
  Display *display;
  KeyCode letter, backspace;
  GMappedFile *file;
  const guint8 *pixels;
  guint width, height, stride;
  guint top, rows; /* of the line of text */
} Bench;

static guint32
read_head (const guint8 *data, guint index)
{
  guint32 value;

  memcpy (&value, data + index * sizeof value, sizeof value);
  return GUINT32_FROM_BE (value);
}

/* X11's XWD format. */
static void
map_frame_buffer (Bench *bench, const char *path)
{
  g_autoptr (GError) error = NULL;
  const guint8 *data;

  bench->file = g_mapped_file_new (path, FALSE, &error);
  if (bench->file == NULL) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }
  data = (const guint8 *) g_mapped_file_get_contents (bench->file);
  bench->width = read_head (data, 4);
  bench->height = read_head (data, 5);
  bench->stride = read_head (data, 12);
  bench->pixels = data + read_head (data, 0) + read_head (data, 19) * 12;
  g_assert_cmpuint (read_head (data, 11), ==, BYTES_PER_PIXEL * 8);
}

static void
press (Bench *bench, KeyCode key)
{
  XTestFakeKeyEvent (bench->display, key, True, CurrentTime);
  XTestFakeKeyEvent (bench->display, key, False, CurrentTime);
  XFlush (bench->display);
}

static const guint8 *
get_row (const Bench *bench, const guint8 *pixels, guint row)
{
  return pixels + (gsize) row * bench->stride;
}

static guint8 *
take_rows (const Bench *bench, guint top, guint rows)
{
  return g_memdup2 (get_row (bench, bench->pixels, top), (gsize) rows * bench->stride);
}

/* How many columns of the line are not as they were in @before. */
static guint
count_changed_columns (const Bench *bench, const guint8 *before)
{
  guint changed = 0;

  for (guint x = 0; x < bench->width; x++) {
    for (guint row = 0; row < bench->rows; row++) {
      gsize at = (gsize) row * bench->stride + (gsize) x * BYTES_PER_PIXEL;

      if (memcmp (get_row (bench, bench->pixels, bench->top) + at, before + at, BYTES_PER_PIXEL - 1) != 0) {
        changed++;
        break;
      }
    }
  }
  return changed;
}

static gboolean
has_letter_changed (const Bench *bench, const guint8 *before)
{
  /* The whole line at once first: as good as nothing while nothing happens. */
  return memcmp (get_row (bench, bench->pixels, bench->top), before, (gsize) bench->rows * bench->stride) != 0
         && count_changed_columns (bench, before) >= COLUMNS_MIN;
}

static gboolean
has_row_changed (const Bench *bench, const guint8 *before, guint row)
{
  return memcmp (get_row (bench, bench->pixels, row), get_row (bench, before, row), bench->stride) != 0;
}

/* The lowest rows in which a key changes something: above them a title may say the same. */
static void
find_rows (Bench *bench, const guint8 *before)
{
  guint last = bench->height, first;

  while (last > 0 && !has_row_changed (bench, before, last - 1)) {
    last--;
  }
  first = last;
  while (first > 0 && has_row_changed (bench, before, first - 1)) {
    first--;
  }
  if (first == last || last - first >= LINE_ROWS_MAX) {
    g_printerr ("a key changed no line of text: rows %u to %u\n", first, last);
    exit (1);
  }
  bench->top = first;
  bench->rows = last - first;
}

static void
find_line (Bench *bench)
{
  g_autofree guint8 *before = NULL;

  for (guint i = 0; i < WARM_KEYS; i++) {
    press (bench, bench->letter);
    g_usleep (WARM_US);
  }
  before = take_rows (bench, 0, bench->height);
  press (bench, bench->letter);
  g_usleep (WARM_US);
  find_rows (bench, before);
  for (guint i = 0; i <= WARM_KEYS; i++) {
    press (bench, bench->backspace);
    g_usleep (WARM_US);
  }
}

static double
measure_key (Bench *bench, KeyCode key)
{
  g_autofree guint8 *before = take_rows (bench, bench->top, bench->rows);
  gint64 start = g_get_monotonic_time ();

  press (bench, key);
  while (!has_letter_changed (bench, before)) {
    if (g_get_monotonic_time () - start > DEADLINE_US) {
      g_printerr ("a key was not seen\n");
      exit (1);
    }
    g_usleep (LOOK_US);
  }
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  Bench bench = { NULL };
  guint64 keys;

  if (argc != 3 || !g_ascii_string_to_unsigned (argv[2], 10, 20, 100000, &keys, NULL)) {
    g_printerr ("usage: key-to-pixel FRAMEBUFFER KEYS\n");
    return 2;
  }
  bench.display = XOpenDisplay (NULL);
  if (bench.display == NULL) {
    g_printerr ("no display\n");
    return 1;
  }
  bench.letter = XKeysymToKeycode (bench.display, XK_n);
  bench.backspace = XKeysymToKeycode (bench.display, XK_BackSpace);
  map_frame_buffer (&bench, argv[1]);
  /* The pointer is drawn from the first key on: out of the way. */
  XTestFakeMotionEvent (bench.display, -1, (int) bench.width - 1, (int) bench.height - 1, CurrentTime);
  find_line (&bench);
  for (guint i = 0; i < keys; i++) {
    double ms = measure_key (&bench, i / LETTERS_IN_LINE % 2 == 0 ? bench.letter : bench.backspace);

    g_array_append_val (times, ms);
    g_usleep (PAUSE_US + PAUSE_STEP_US * (i % PAUSE_STEPS));
  }
  g_array_sort (times, compare_doubles);
  g_print ("median %.2f\nslow %.2f\nslowest %.2f\n", g_array_index (times, double, times->len / 2),
           g_array_index (times, double, times->len * 95 / 100), g_array_index (times, double, times->len - 1));
  g_mapped_file_unref (bench.file);
  XCloseDisplay (bench.display);
  return 0;
}
