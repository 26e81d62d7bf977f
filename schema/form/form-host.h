/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "form/choice-index.h"
#include "form/form.h"
#include "form/node.h"

/**
 * SobanFormHost:
 * @clock: for today() and now()
 * @timezone: (nullable): NULL = local
 * @entropy: for uuid(), random(), repeat ids
 * @property: (nullable): value of a jr:preload="property" (or uid, username, deviceid ...) name; ours: "soban:commune",
 *   "soban:scope", "soban:team", "soban:place"; returns (nullable) (transfer none)
 * @load_instance: (nullable): the document of an external secondary instance by its src ("jr://file-csv/units.csv"):
 *   root element with `item` children; (transfer none), must live as long as the host; NULL with @error when there is none
 * @load_file: (nullable): the same document where @form brought it along as a file of its own; asked first; NULL without @error when it
 *   did not; as long-lived as those of @load_instance
 * @is_now_least: (nullable): TRUE where nobody knows how much later it is than @clock says: a rule then refuses no answer that could be
 *   true at a later time
 * @translate: (nullable): translation of a msgid for forms without itext; NULL = as written
 * @language: "vi": the itext language to prefer (a translation's lang is matched by prefix or by its name)
 * @choices: (nullable): what is looked up in the trees of @load_instance is kept here from one form to the next (made with
 *   soban_choice_index_new(), freed by its owner before those trees); NULL = each opened form looks through them anew
 *
 * What a form needs from outside: everything that is not pure comes in here. One thread.
 */
typedef struct {
  const SobanClock *clock;
  GTimeZone *timezone;
  const SobanEntropy *entropy;
  const char *(*property) (gpointer data, const char *name);
  SobanTree *(*load_instance) (gpointer data, const char *src, GError **error);
  const char *(*translate) (gpointer data, const char *msgid);
  const char *language;
  gpointer data;
  SobanChoiceIndex *choices;
  SobanTree *(*load_file) (gpointer data, const SobanForm *form, const char *src, GError **error);
  gboolean (*is_now_least) (gpointer data);
} SobanFormHost;
