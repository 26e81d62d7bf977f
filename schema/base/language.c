/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/language.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

static const char *
pick_language (const char *wanted)
{
  if (wanted == NULL || *wanted == '\0')
    wanted = g_getenv ("SOBAN_LANGUAGE");
  return wanted != NULL && g_str_has_prefix (wanted, "en") ? "en" : "vi";
}

/* glibc translates nothing under the C and POSIX locales, whatever LANGUAGE says; under any other one LANGUAGE holds. */
static void
leave_c_locale (void)
{
  static const char *const fallbacks[] = { "vi_VN.UTF-8", "C.UTF-8", "en_US.UTF-8" };
  const char *messages = setlocale (LC_ALL, "");

  messages = messages != NULL ? setlocale (LC_MESSAGES, NULL) : NULL;
  if (messages != NULL && strcmp (messages, "C") != 0 && strcmp (messages, "POSIX") != 0 && g_get_charset (NULL))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (fallbacks); i++) {
    if (setlocale (LC_ALL, fallbacks[i]) == NULL)
      continue;
    /* gtk_init() and friends call setlocale (LC_ALL, "") again: let them find the same. */
    g_setenv ("LC_ALL", fallbacks[i], TRUE);
    return;
  }
  g_warning ("No UTF-8 locale is installed: messages stay in English");
}

void
soban_language_init (const char *wanted)
{
  g_setenv ("LANGUAGE", pick_language (wanted), TRUE);
  leave_c_locale ();
  /* Numbers in files and on the wire are written in one way whatever the reader's language is. */
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, soban_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

const char *
soban_language_get (void)
{
  const char *language = g_getenv ("LANGUAGE");

  return language != NULL && g_str_has_prefix (language, "en") ? "en" : "vi";
}

const char *
soban_locale_dir (void)
{
  const char *dir = g_getenv ("SOBAN_LOCALE_DIR");

  return dir != NULL && *dir != '\0' ? dir : LOCALEDIR;
}

const char *
soban_data_dir (void)
{
  const char *dir = g_getenv ("SOBAN_DATA_DIR");

  return dir != NULL && *dir != '\0' ? dir : PKGDATADIR;
}
