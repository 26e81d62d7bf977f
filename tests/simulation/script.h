/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plan.h"
#include "tablet.h"

/* Of such a form nobody here knows anything. */
#define SCRIPT_UNKNOWN_FORM "form_of_2031"

/* (transfer full): what a person at @tablet does next: a new record, another value, a field emptied, a record deleted
 * or brought back. @serial makes values differ. */
SobanChange *script_draw_change (const Plan *plan, Tablet *tablet, gint64 true_ms, guint serial);
