/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "preferences.h"

/* Size of type and colours as @preferences say, at once, in all windows. The display's own size of type is what 100 percent are. */
void soban_appearance_apply (SobanPreferences *preferences);
