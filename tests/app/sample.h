/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

/* What the tests of the windows stand on: a store with a little of everything, and waiting for what happens later. */

#define SAMPLE_COMMUNE "02947@2025-07-01" /* xã Bảo Yên, Lào Cai */
#define SAMPLE_PERSON "Lò Thị Thu Thủy"   /* who writes on the tablet */
#define SAMPLE_OTHER_PERSON "Mùa Thị Dợ"  /* who writes on the other one */
#define SAMPLE_DEAD_URL "https://localhost:1" /* nothing listens there */

/* (transfer full): an empty store in a folder of its own; stops the test when that does not work. */
SobanStore *sample_store_new (void);
/* Closes @store and removes its folder. */
void sample_store_free (SobanStore *store);
/* Commune and person, as after the first run without a server. */
void sample_store_begin (SobanStore *store);
/* A team, a village and some activities of this month and the last one; one of them needs a look. */
void sample_store_fill (SobanStore *store);
/* Saves one record; pairs of path and value, NULL at the end. (transfer full): its id as text */
char *sample_store_save (SobanStore *store, const char *form, ...) G_GNUC_NULL_TERMINATED;
/* Links @store with a commune office at @url, as an enrolment file does. */
void sample_store_enrol (SobanStore *store, const char *url);
/* What the office brings to a linked store: a later answer of another tablet that had not seen ours. */
void sample_store_receive (SobanStore *store, const char *id, const char *path, const char *value);
/* ISO date so many days ago. */
char *sample_day (int days_ago);

typedef gboolean (*SampleCondition) (gpointer data);
/* Runs the main loop until @condition holds; stops the test after a minute without it. */
void sample_wait (SampleCondition condition, gpointer data);
#define sample_wait_for(condition, data) sample_wait ((SampleCondition)(condition), (data))
/* Runs the main loop for as long as something is ready. */
void sample_settle (void);

/* (nullable) (transfer none): the first widget below @root, itself included, of @type (G_TYPE_NONE any) that is mapped
 * and whose visible text, or that of a label in it, is @text (nullable: any). */
GtkWidget *sample_find (GtkWidget *root, GType type, const char *text);
