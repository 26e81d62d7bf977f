/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "form/form-instance.h"
#include "store/store.h"

/* @path: of the question that was tapped */
typedef void (*SobanAnswerTappedFunc) (const char *path, gpointer data);

/**
 * soban_answer_list_new:
 * @func: (nullable): NULL = the rows cannot be tapped
 * (transfer floating): the answers of @instance page by page, in form order, each with its problem. Optional questions
 * without an answer are left out; the others without one are shown as such.
 */
GtkWidget *soban_answer_list_new (SobanStore *store, SobanFormInstance *instance, SobanAnswerTappedFunc func, gpointer data);
