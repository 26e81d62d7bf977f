/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/question-view.h"

/* Opens the long list of choices of @view's question as a page above it, with what was used lately on top. */
void soban_pick (SobanQuestionView *view);
