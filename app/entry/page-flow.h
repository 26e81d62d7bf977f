/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/**
 * The way through the pages of a form (element-type SobanPage, as listed by the instance):
 *
 * 1. Core pages come one after the other; behind the last stands the review.
 * 2. A page of optional questions only, or the list of an optional repeat, is no station but a detail: who does not need it never comes by.
 *    Details are reached from the review and follow each other; Next on the last and Back on the first lead to the review.
 * 3. A repeat's list page is a station (or a detail); the pages of its instances are reached from there and lead back there.
 */
#define SOBAN_PAGE_NONE G_MAXUINT
#define SOBAN_PAGE_REVIEW (G_MAXUINT - 1)

/* The page with @id, or SOBAN_PAGE_NONE */
guint soban_page_flow_find (GPtrArray *pages, const char *id);
/* The page that shows the question @path; SOBAN_PAGE_NONE */
guint soban_page_flow_find_path (GPtrArray *pages, const char *path);
/* @at: a page. A page, or SOBAN_PAGE_REVIEW */
guint soban_page_flow_next (GPtrArray *pages, guint at);
/* @at: a page, or SOBAN_PAGE_REVIEW. A page, SOBAN_PAGE_REVIEW, or SOBAN_PAGE_NONE: it is the first */
guint soban_page_flow_previous (GPtrArray *pages, guint at);
/* SOBAN_PAGE_NONE when there is none. */
guint soban_page_flow_first_detail (GPtrArray *pages);
/* @at: a page, or SOBAN_PAGE_REVIEW */
gboolean soban_page_flow_is_detail (GPtrArray *pages, guint at);
/* Station @ret_at of @ret_of, the review being the last one; an instance's page counts as its list, a detail as the review. */
void soban_page_flow_progress (GPtrArray *pages, guint at, guint *ret_at, guint *ret_of);
