/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "html.h"

#include <glib/gi18n-lib.h>
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <string.h>

struct _SobanHtml {
  const SobanVisit *visit;
  xmlBufferPtr buffer;
  xmlTextWriterPtr writer;
  GPtrArray *open; /* names of the elements that are not closed */
};

typedef struct {
  const char *path, *label;
} Section;

static const Section sections[] = {
  { "/", N_ ("Indicators") },
  { "/records", N_ ("Records") },
  { "/look", N_ ("Needs a look") },
  { "/devices", N_ ("Tablets") },
  { "/forms", N_ ("Forms") },
};

const char *
soban_visit_get (const SobanVisit *visit, const char *name)
{
  const char *value = visit->query != NULL ? g_hash_table_lookup (visit->query, name) : NULL;

  return value != NULL ? value : "";
}

const char *
soban_visit_text (const SobanVisit *visit, const char *msgid)
{
  return soban_catalogue_text (visit->catalogue, msgid);
}

char *
soban_link (const char *path, ...)
{
  GString *link = g_string_new (path);
  const char *name;
  va_list pairs;
  gboolean first = strchr (path, '?') == NULL;

  va_start (pairs, path);
  while ((name = va_arg (pairs, const char *)) != NULL) {
    const char *value = va_arg (pairs, const char *);
    g_autofree char *escaped = NULL;

    if (value == NULL || *value == '\0')
      continue;
    escaped = g_uri_escape_string (value, NULL, FALSE);
    g_string_append_printf (link, "%c%s=%s", first ? '?' : '&', name, escaped);
    first = FALSE;
  }
  va_end (pairs);
  return g_string_free (link, FALSE);
}

static void
open_element (SobanHtml *self, const char *element, va_list *attributes)
{
  const char *name;

  xmlTextWriterStartElement (self->writer, BAD_CAST element);
  while ((name = va_arg (*attributes, const char *)) != NULL) {
    const char *value = va_arg (*attributes, const char *);

    if (value != NULL)
      xmlTextWriterWriteAttribute (self->writer, BAD_CAST name, BAD_CAST value);
  }
  g_ptr_array_add (self->open, (gpointer) g_intern_string (element));
}

void
soban_html_open (SobanHtml *self, const char *element, ...)
{
  va_list attributes;

  va_start (attributes, element);
  open_element (self, element, &attributes);
  va_end (attributes);
}

/* In HTML only these have no end tag; every other one must have it, also when it is empty. */
static gboolean
is_void (const char *element)
{
  static const char *const names[] = { "meta", "link", "input", "br", "hr", "img", "col", NULL };

  return g_strv_contains (names, element);
}

void
soban_html_close (SobanHtml *self)
{
  const char *element = g_ptr_array_index (self->open, self->open->len - 1);

  if (is_void (element))
    xmlTextWriterEndElement (self->writer);
  else
    xmlTextWriterFullEndElement (self->writer);
  g_ptr_array_set_size (self->open, self->open->len - 1);
}

void
soban_html_text (SobanHtml *self, const char *text)
{
  g_autofree char *legal = g_utf8_make_valid (text, -1);

  /* XML has no place for the other control characters, escaped or not. */
  for (char *at = legal; *at != '\0'; at++) {
    if ((guchar) *at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r')
      *at = ' ';
  }
  xmlTextWriterWriteString (self->writer, BAD_CAST legal);
}

void
soban_html_element (SobanHtml *self, const char *element, const char *text, ...)
{
  va_list attributes;

  va_start (attributes, text);
  open_element (self, element, &attributes);
  va_end (attributes);
  if (text != NULL)
    soban_html_text (self, text);
  soban_html_close (self);
}

void
soban_html_link (SobanHtml *self, const char *href, const char *text)
{
  soban_html_element (self, "a", text, "href", href, NULL);
}

void
soban_html_note (SobanHtml *self, const char *kind, const char *text)
{
  soban_html_element (self, "p", text, "class", kind, "role", "note", NULL);
}

void
soban_html_pager (SobanHtml *self, const char *href, guint number, guint pages)
{
  g_autofree char *where = NULL;

  if (pages < 2)
    return;
  where = g_strdup_printf (soban_visit_text (self->visit, N_ ("Page %u of %u")), number, pages);
  soban_html_open (self, "nav", "class", "pager", NULL);
  if (number > 1) {
    g_autofree char *page = g_strdup_printf ("%u", number - 1);
    g_autofree char *link = soban_link (href, "page", page, NULL);

    soban_html_link (self, link, soban_visit_text (self->visit, N_ ("Newer")));
  }
  soban_html_element (self, "span", where, NULL);
  if (number < pages) {
    g_autofree char *page = g_strdup_printf ("%u", number + 1);
    g_autofree char *link = soban_link (href, "page", page, NULL);

    soban_html_link (self, link, soban_visit_text (self->visit, N_ ("Older")));
  }
  soban_html_close (self);
}

static void
write_head (SobanHtml *self, const char *title)
{
  g_autofree char *full_title = g_strdup_printf ("%s – Sổ Bản", title);

  soban_html_open (self, "head", NULL);
  soban_html_element (self, "meta", NULL, "charset", "utf-8", NULL);
  soban_html_element (self, "meta", NULL, "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
  soban_html_element (self, "title", full_title, NULL);
  soban_html_element (self, "link", NULL, "rel", "stylesheet", "href", "/style.css", NULL);
  soban_html_close (self);
}

/* The address of this page in another language. */
static char *
make_language_link (const SobanVisit *visit, const char *language)
{
  g_autofree char *link = soban_link (visit->path, "unit", soban_visit_get (visit, "unit"), "period", soban_visit_get (visit, "period"), "q",
                                      soban_visit_get (visit, "q"), "form", soban_visit_get (visit, "form"), NULL);

  return soban_link (link, "lang", language, NULL);
}

static void
write_languages (SobanHtml *self)
{
  static const Section languages[] = { { "vi", "Tiếng Việt" }, { "en", "English" } };

  soban_html_open (self, "nav", "class", "languages", "aria-label", soban_visit_text (self->visit, N_ ("Language")), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *link = make_language_link (self->visit, languages[i].path);
    gboolean here = strcmp (languages[i].path, self->visit->language) == 0;

    soban_html_element (self, "a", languages[i].label, "href", link, "lang", languages[i].path, "aria-current", here ? "true" : NULL, NULL);
  }
  soban_html_close (self);
}

static void
write_bar (SobanHtml *self, const char *current)
{
  soban_html_open (self, "header", NULL);
  soban_html_open (self, "div", "class", "bar", NULL);
  soban_html_element (self, "a", "Sổ Bản", "class", "brand", "href", "/", NULL);
  soban_html_open (self, "nav", "class", "sections", "aria-label", soban_visit_text (self->visit, N_ ("Pages")), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    soban_html_element (self, "a", soban_visit_text (self->visit, sections[i].label), "href", sections[i].path, "aria-current",
                        g_strcmp0 (sections[i].path, current) == 0 ? "page" : NULL, NULL);
  soban_html_close (self);
  write_languages (self);
  soban_html_close (self);
  soban_html_close (self);
}

SobanHtml *
soban_html_new (const SobanVisit *visit, const char *title, const char *current)
{
  SobanHtml *self = g_new0 (SobanHtml, 1);

  self->visit = visit;
  self->open = g_ptr_array_new ();
  self->buffer = xmlBufferCreate ();
  self->writer = xmlNewTextWriterMemory (self->buffer, 0);
  xmlTextWriterWriteRaw (self->writer, BAD_CAST "<!DOCTYPE html>\n");
  soban_html_open (self, "html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", visit->language, NULL);
  write_head (self, title);
  soban_html_open (self, "body", NULL);
  write_bar (self, current);
  soban_html_open (self, "main", NULL);
  return self;
}

void
soban_html_free (SobanHtml *self)
{
  if (self == NULL)
    return;
  xmlFreeTextWriter (self->writer);
  xmlBufferFree (self->buffer);
  g_ptr_array_unref (self->open);
  g_free (self);
}

GBytes *
soban_html_finish (SobanHtml *self)
{
  while (self->open->len > 0)
    soban_html_close (self);
  xmlTextWriterFlush (self->writer);
  return g_bytes_new (xmlBufferContent (self->buffer), xmlBufferLength (self->buffer));
}
