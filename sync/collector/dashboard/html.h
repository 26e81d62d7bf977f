/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "figures.h"
#include "reference.h"

/* One request of a person: who asks, in which language, for what. */
typedef struct {
  SobanCollectorStore *store;
  const SobanReference *reference;
  const SobanCatalogue *catalogue;
  const char *language; /* "vi" or "en" */
  const char *user;
  const char *path;
  GHashTable *query;    /* (nullable) */
  char *today;          /* ISO */
} SobanVisit;

/* (transfer none): a parameter of the address, "" when it is not there. */
const char *soban_visit_get (const SobanVisit *visit, const char *name);
/* (transfer none): @msgid in the visitor's language. */
const char *soban_visit_text (const SobanVisit *visit, const char *msgid);
/* (transfer full): "path?name=value&…" from pairs, NULL-terminated; pairs with an empty value are left out. */
char *soban_link (const char *path, ...) G_GNUC_NULL_TERMINATED;

/**
 * SobanHtml: one HTML page being written, by libxml2's writer: everything that is not markup is escaped. What comes out is
 * well-formed XML too. Every element is closed by soban_html_close(); attributes are pairs, NULL-terminated.
 */
typedef struct _SobanHtml SobanHtml;

/* Writes the head, the bar at the top with @current marked, and opens main. */
SobanHtml *soban_html_new (const SobanVisit *visit, const char *title, const char *current);
void soban_html_free (SobanHtml *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanHtml, soban_html_free)
/* (transfer full): the whole page. */
GBytes *soban_html_finish (SobanHtml *page);

void soban_html_open (SobanHtml *page, const char *element, ...) G_GNUC_NULL_TERMINATED;
void soban_html_close (SobanHtml *page);
void soban_html_text (SobanHtml *page, const char *text);
/* An element with nothing but text. */
void soban_html_element (SobanHtml *page, const char *element, const char *text, ...) G_GNUC_NULL_TERMINATED;
void soban_html_link (SobanHtml *page, const char *href, const char *text);
/* A note in a box: @kind "note" or "warning". */
void soban_html_note (SobanHtml *page, const char *kind, const char *text);
/* "Newer · page 2 of 9 · Older" where there is more than one; @href: without its page parameter. */
void soban_html_pager (SobanHtml *page, const char *href, guint number, guint pages);
