/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"

/* More choices than this are a list of their own with a search field. */
#define SOBAN_CHOICES_SHOWN_MAX 7
/* But so many with pictures or sounds are all shown: a searchable list has words only. */
#define SOBAN_CHOICES_PICTURED_MAX 24

/* The sub-class of SobanQuestionView for @question; @n_choices: how many a select-one offers now. */
GType soban_question_kind_choose (const SobanQuestion *question, guint n_choices);

GType soban_question_number_get_type (void);  /* integers and decimals, with big minus and plus */
GType soban_question_text_get_type (void);    /* one line or several */
GType soban_question_choice_get_type (void);  /* one of a few: big radio rows; yes or no */
GType soban_question_picker_get_type (void);  /* one of many: a row that opens a searchable list */
GType soban_question_choices_get_type (void); /* several of some: check rows */
GType soban_question_date_get_type (void);    /* a day */
GType soban_question_month_get_type (void);   /* a month */
GType soban_question_time_get_type (void);    /* a time of day, or a day with its time */
GType soban_question_rank_get_type (void);    /* choices put in order */
GType soban_question_range_get_type (void);   /* a number from a scale */
GType soban_question_trigger_get_type (void); /* something to acknowledge */
GType soban_question_place_get_type (void);   /* a point, a line, an outline: typed */
GType soban_question_upload_get_type (void);  /* a photo or another file */
GType soban_question_note_get_type (
    void); /* text only: notes, calculated and read-only values, what this tablet cannot ask yet */
