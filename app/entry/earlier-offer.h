/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/entry.h"

#include <gtk/gtk.h>

/**
 * SobanEarlierOffer: at the start of a new record: begin with the answers of the last one; afterwards the way back. The entry
 * must have an earlier record.
 */
#define SOBAN_TYPE_EARLIER_OFFER (soban_earlier_offer_get_type ())
G_DECLARE_FINAL_TYPE (SobanEarlierOffer, soban_earlier_offer, SOBAN, EARLIER_OFFER, GtkWidget)

GtkWidget *soban_earlier_offer_new (SobanEntry *entry);
