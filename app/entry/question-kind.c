/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry/question-kind.h"

#include <string.h>

#include "entry/question-view.h"

static GType
choose_input (const SobanQuestion *question)
{
  switch (question->type) {
  case SOBAN_TYPE_INT:
  case SOBAN_TYPE_DECIMAL:
    return soban_question_number_get_type ();
  case SOBAN_TYPE_DATE:
    return soban_question_has_appearance (question, "month-year") ? soban_question_month_get_type () : soban_question_date_get_type ();
  case SOBAN_TYPE_BOOLEAN:
    return soban_question_choice_get_type ();
  case SOBAN_TYPE_GEOPOINT:
  case SOBAN_TYPE_GEOTRACE:
  case SOBAN_TYPE_GEOSHAPE:
    return soban_question_place_get_type ();
  case SOBAN_TYPE_BINARY:
    return soban_question_note_get_type ();
  case SOBAN_TYPE_TIME:
  case SOBAN_TYPE_DATETIME:
    return soban_question_time_get_type ();
  case SOBAN_TYPE_STRING:
  case SOBAN_TYPE_BARCODE:
    break;
  }
  return soban_question_has_appearance (question, "month-year") ? soban_question_month_get_type () : soban_question_text_get_type ();
}

GType
soban_question_kind_choose (const SobanQuestion *question, guint n_choices)
{
  if (question->control == SOBAN_CONTROL_UPLOAD) {
    return soban_question_upload_get_type ();
  }
  /* The head of a table (ODK's table-list): its rows follow, each with its own choices. */
  if (question->readonly || soban_question_has_appearance (question, "label")) {
    return soban_question_note_get_type ();
  }
  switch (question->control) {
  case SOBAN_CONTROL_INPUT:
    return choose_input (question);
  case SOBAN_CONTROL_RANGE:
    return soban_question_range_get_type ();
  case SOBAN_CONTROL_SELECT1:
    return n_choices > SOBAN_CHOICES_SHOWN_MAX || soban_question_has_appearance (question, "autocomplete")
                   || soban_question_has_appearance (question, "minimal")
               ? soban_question_picker_get_type ()
               : soban_question_choice_get_type ();
  case SOBAN_CONTROL_SELECT:
    return soban_question_choices_get_type ();
  case SOBAN_CONTROL_RANK:
    return soban_question_rank_get_type ();
  case SOBAN_CONTROL_TRIGGER:
    return soban_question_trigger_get_type ();
  case SOBAN_CONTROL_UPLOAD:
  case SOBAN_CONTROL_NOTE:
    break;
  }
  return soban_question_note_get_type ();
}
