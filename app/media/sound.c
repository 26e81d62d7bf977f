/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/sound.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

struct _SobanSound {
  SobanVoice parent_instance;

  SobanStore *store;
  SobanFileSource *source;
  GSubprocess *player; /* (nullable) until it plays */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (SobanSound, soban_sound, SOBAN_TYPE_VOICE)

/* The file that the player is given: it comes as this descriptor. */
#define SOUND_FD 3
#define SOUND_PATH "/dev/fd/3"
#define ARGUMENTS_MAX 6

/* Those that know all formats first. */
static const char *const PLAYERS[][ARGUMENTS_MAX] = {
  { "gst-play-1.0", "--no-interactive", "-q", SOUND_PATH, NULL },
  { "mpv", "--no-video", "--really-quiet", SOUND_PATH, NULL },
  { "ffplay", "-nodisp", "-autoexit", "-hide_banner", SOUND_PATH, NULL },
  { "pw-play", SOUND_PATH, NULL },
  { "paplay", SOUND_PATH, NULL },
};

static const char *const *
find_player (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (PLAYERS); i++) {
    g_autofree char *path = g_find_program_in_path (PLAYERS[i][0]);

    if (path != NULL) {
      return PLAYERS[i];
    }
  }
  return NULL;
}

typedef struct {
  SobanSound *self;
  int fd; /* -1 until it is read */
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  if (reading->fd >= 0) {
    close (reading->fd);
  }
  g_free (reading);
}

static gboolean
write_all (int fd, GBytes *bytes, GError **error)
{
  gsize length;
  const char *at = g_bytes_get_data (bytes, &length);

  while (length > 0) {
    gssize written = write (fd, at, length);

    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "handing the sound over: %s", g_strerror (errno));
      return FALSE;
    }
    at += written;
    length -= (gsize)written;
  }
  return TRUE;
}

/* On a worker. */
static gboolean
run_reading (SobanStore *store, gpointer data, GError **error)
{
  Reading *reading = data;
  g_autoptr (GBytes) bytes = soban_file_source_read (reading->self->source, store, error);

  if (bytes == NULL) {
    return FALSE;
  }
  reading->fd = memfd_create ("sound", MFD_CLOEXEC);
  if (reading->fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "handing the sound over: %s", g_strerror (errno));
    return FALSE;
  }
  return write_all (reading->fd, bytes, error);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SobanSound) self = data;
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  soban_voice_end (SOBAN_VOICE (self), error);
}

/* Takes @fd over. */
static gboolean
play (SobanSound *self, int fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  const char *const *player = find_player ();

  g_subprocess_launcher_take_fd (launcher, fd, SOUND_FD);
  if (player == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no player is installed");
    return FALSE;
  }
  self->player = g_subprocess_launcher_spawnv (launcher, player, error);
  if (self->player == NULL) {
    return FALSE;
  }
  g_subprocess_wait_check_async (self->player, NULL, on_exited, g_object_ref (self));
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;
  SobanSound *self = reading->self;
  g_autoptr (GError) error = NULL;

  if (!soban_store_run_finish (SOBAN_STORE (source), result, &error)
      || (!self->stopped && !play (self, g_steal_fd (&reading->fd), &error))) {
    soban_voice_end (SOBAN_VOICE (self), error);
  }
  reading_free (reading);
}

static void
start (SobanVoice *voice)
{
  SobanSound *self = SOBAN_SOUND (voice);
  Reading *reading = g_new0 (Reading, 1);

  reading->self = g_object_ref (self);
  reading->fd = -1;
  soban_store_run_async (self->store, run_reading, reading, NULL, NULL, on_read, reading);
}

static void
stop (SobanVoice *voice)
{
  SobanSound *self = SOBAN_SOUND (voice);

  self->stopped = TRUE;
  if (self->player != NULL) {
    g_subprocess_force_exit (self->player);
  }
}

static void
soban_sound_finalize (GObject *object)
{
  SobanSound *self = SOBAN_SOUND (object);

  g_clear_object (&self->store);
  g_clear_object (&self->player);
  soban_file_source_free (self->source);
  G_OBJECT_CLASS (soban_sound_parent_class)->finalize (object);
}

static void
soban_sound_class_init (SobanSoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_sound_finalize;
  SOBAN_VOICE_CLASS (klass)->start = start;
  SOBAN_VOICE_CLASS (klass)->stop = stop;
}

static void
soban_sound_init (SobanSound *self)
{
}

SobanVoice *
soban_sound_new (SobanStore *store, const SobanFileSource *source)
{
  SobanSound *self = g_object_new (SOBAN_TYPE_SOUND, NULL);

  self->store = g_object_ref (store);
  self->source = soban_file_source_copy (source);
  return SOBAN_VOICE (self);
}
