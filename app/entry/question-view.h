/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "entry/entry.h"

/**
 * SobanQuestionView: one question: label with its mark when required, hint, the control of its kind, and the message
 * when something is wrong with the answer. Sub-classes make the control and take the answer from it. Signals:
 * "open-picker" (SobanQuestionView): the long list of choices is wanted.
 */
#define SOBAN_TYPE_QUESTION_VIEW (soban_question_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (SobanQuestionView, soban_question_view, SOBAN, QUESTION_VIEW, GtkBox)

/**
 * SobanQuestionViewClass:
 * @build: makes the control once, by soban_question_view_set_control()
 * @show: shows @question's answer; leaves alone what the person is typing
 * @commit: (nullable): takes over what the person is typing, the word in the input method included
 */
struct _SobanQuestionViewClass {
  GtkBoxClass parent_class;

  void (*build) (SobanQuestionView *self, const SobanQuestion *question);
  void (*show) (SobanQuestionView *self, const SobanQuestion *question);
  void (*commit) (SobanQuestionView *self);
};

/* (transfer floating): the view that fits @question: see question-kind.c */
GtkWidget *soban_question_view_new (SobanEntry *entry, const SobanQuestion *question);
const char *soban_question_view_get_path (SobanQuestionView *self);
/* Shows the question as it stands now. */
void soban_question_view_refresh (SobanQuestionView *self);
void soban_question_view_commit (SobanQuestionView *self);
/* From now on what is wrong with the answer is shown; before, only after the person has left the question. */
void soban_question_view_reveal_problem (SobanQuestionView *self);
/* As before it: what is wrong is not shown until it is revealed again. */
void soban_question_view_calm (SobanQuestionView *self);
/* FALSE: the question is asked in another way now (a list that has become long, aloud), or not at all: a new view is to be made. */
gboolean soban_question_view_fits (SobanQuestionView *self);
/* Something other than an unanswered question or a confirmed warning is wrong, or it is required and empty. */
gboolean soban_question_view_has_problem (SobanQuestionView *self);
/* A message about the answer is shown beneath it. */
gboolean soban_question_view_shows_message (SobanQuestionView *self);
/* At its field where it has one. FALSE: nothing in it takes the keyboard. */
gboolean soban_question_view_focus (SobanQuestionView *self);

/* ---- for sub-classes ---- */
SobanEntry *soban_question_view_get_entry (SobanQuestionView *self);
/* @control is shown below the hint; @named (in it, or itself) bears the question's name for a screen reader. */
void soban_question_view_set_control (SobanQuestionView *self, GtkWidget *control, GtkWidget *named);
/* The person's answer. */
void soban_question_view_answer (SobanQuestionView *self, const char *value);
