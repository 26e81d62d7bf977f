/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* The PIN of DESIGN 9: it keeps people who hold the tablet out of the window. The file is not encrypted by it. */

typedef enum {
  SOBAN_PIN_RIGHT,
  SOBAN_PIN_WRONG, /* and counted */
  SOBAN_PIN_WAIT,  /* it was not looked at: after so many wrong ones a time must pass first */
} SobanPinAnswer;

typedef struct {
  SobanPinAnswer answer;
  gint64 wait_ms; /* until the next try; 0: none */
} SobanPinTrial;

/* Whether @pin has SOBAN_PIN_DIGITS_MIN to SOBAN_PIN_DIGITS_MAX of the digits 0 to 9, and nothing else. */
gboolean soban_pin_is_valid (const char *pin);

/* Any thread; waits for nobody. */
gboolean soban_store_has_pin (SobanStore *store);
/* Until a PIN may be tried, 0: now. Any thread; waits for nobody. */
gint64 soban_store_get_pin_wait_ms (SobanStore *store);

/**
 * soban_store_try_pin:
 * @ret_key: (nullable) (out): SOBAN_STORE_KEY_BYTES bytes: what the PIN opens, where it is right
 *
 * Takes about half a second and SOBAN_PIN_MEMORY_BYTES on the calling thread: a worker. Others use the store meanwhile. FALSE is no answer
 * to the PIN: NOT_FOUND (there is none), LIMIT (no memory for it now), TOO_NEW, CORRUPT, errors of the file.
 */
gboolean soban_store_try_pin (SobanStore *store, const char *pin, SobanPinTrial *ret_trial, guint8 *ret_key, GError **error);
/**
 * soban_store_set_pin:
 * @old: (nullable): the present one; NULL = there is none
 * @pin: (nullable): from now on; NULL = none
 *
 * One transaction; done where *ret_trial says RIGHT. As soban_store_try_pin(), which judges @old; CONSTRAINT: @pin is no PIN, or there is one and @old is NULL.
 */
gboolean soban_store_set_pin (SobanStore *store, const char *old, const char *pin, SobanPinTrial *ret_trial, GError **error);
/* Takes it away unasked: for whoever looks after the tablet (soban-sync), who could open the file anyway. */
gboolean soban_store_forget_pin (SobanStore *store, GError **error);
