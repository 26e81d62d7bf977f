/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/**
 * The way through the pages of a form (element-type SobanPage, as listed by the instance):
 *
 * 1. Core pages come one after the other; behind the last stands the review.
 * 2. A page of optional questions only is no station: it is reached from the review, and the next one from it.
 * 3. A repeat's list page is a station; the pages of its instances are reached from there and lead back there.
 */
#define SOBAN_PAGE_NONE G_MAXUINT

/* (transfer none): the page with @id, or SOBAN_PAGE_NONE */
guint soban_page_flow_find (GPtrArray *pages, const char *id);
/* The page that shows the question @path; SOBAN_PAGE_NONE */
guint soban_page_flow_find_path (GPtrArray *pages, const char *path);
gboolean soban_page_flow_is_optional (SobanFormInstance *instance, const SobanPage *page);
/* SOBAN_PAGE_NONE = the review follows */
guint soban_page_flow_next (SobanFormInstance *instance, GPtrArray *pages, guint at);
/* SOBAN_PAGE_NONE = it is the first; @at SOBAN_PAGE_NONE = from the review */
guint soban_page_flow_previous (SobanFormInstance *instance, GPtrArray *pages, guint at);
/* The first page of optional questions only, SOBAN_PAGE_NONE when there is none. */
guint soban_page_flow_first_optional (SobanFormInstance *instance, GPtrArray *pages);
/* Station @ret_at of @ret_of, the review being the last one; an instance's page counts as its list. */
void soban_page_flow_progress (SobanFormInstance *instance, GPtrArray *pages, guint at, guint *ret_at, guint *ret_of);
