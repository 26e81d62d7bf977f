/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "entry/question-view.h"

/* @view: of an upload question: takes @file as if the person had chosen it in the dialog. */
void soban_question_upload_take (SobanQuestionView *view, GFile *file);
