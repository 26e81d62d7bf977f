/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-instance.h"
#include "form/form-private.h"

/*
 * A form being filled in. The tree is what expressions see; each node of it has a state, reached by slot from its parent's
 * state and by path from the hash table, never by searching: adding repeat 200 costs what repeat 2 cost.
 *
 * 1. A leaf's node has one text child or none. 2. node->irrelevant holds for every node below an irrelevant one.
 * 3. Between two public calls nothing is pending: all relevants, calculates and counts are up to date.
 */

typedef struct _SobanFormState SobanFormState;

/* The instances of a repeat below one parent instance. */
typedef struct {
  SobanFormState *parent;
  SobanElement *element;
  GPtrArray *instances; /* (element-type SobanFormState) in order */
  gboolean queued;
  gboolean over_limit;  /* jr:count asks for more than SOBAN_REPEAT_INSTANCES_MAX */
} SobanRepeatList;

struct _SobanFormState {
  SobanElement *element;
  SobanFormState *parent;
  SobanNode *node;
  char *path;
  gpointer *slots;        /* by element index: SobanFormState, or SobanRepeatList for a repeat */
  gboolean relevant_self;
  gboolean is_surplus;    /* beyond what jr:count asks for now: not relevant, but what was answered comes back with it */
  guint queued;           /* bit by SobanComputeKind */
};

struct _SobanFormInstance {
  SobanForm *form;
  SobanFormHost host;
  SobanXPathHost xpath_host;
  SobanTree *tree;
  SobanFormState *root;
  GHashTable *states;     /* path -> SobanFormState */
  guint state_count;
  SobanFieldMap *extras;  /* reserved registers and fields that the form does not know */

  GPtrArray **pending;    /* by rank: states or lists to be computed again */
  guint pending_low;      /* no rank below it is pending */
  GPtrArray *changed;     /* (element-type utf8): paths whose value-changed (of a repeat: new-repeat) actions are to run */
  GHashTable *faults;     /* path -> message: expressions that could not be evaluated */
  GError *broken;         /* (nullable): the first expression that no answer can mend */

  char *deprecated_id;    /* (nullable): meta/deprecatedID, where the form itself has no such node */
  GHashTable *translations; /* translated text -> SobanText */
  SobanChoiceIndex *own_choices; /* (nullable): lists of the form itself */
  gint64 supposed_ms;     /* while an answer is tried against a later time; else 0 */
  guint text_depth;
  SobanNode *text_node;   /* (nullable): where the text being rendered stands */
};

/* form-instance-tree.c */
SobanFormState *soban_form_state_new_root (SobanFormInstance *self, gboolean with_repeats);
void soban_form_state_free (SobanFormInstance *self, SobanFormState *state);
SobanFormState *soban_form_state_child (const SobanFormState *state, const SobanElement *element);
SobanRepeatList *soban_form_state_list (const SobanFormState *state, const SobanElement *element);
/* The state itself or the one above it that @element is; (nullable). */
SobanFormState *soban_form_state_above (SobanFormState *state, const SobanElement *element);
const char *soban_form_state_text (const SobanFormState *state); /* "" when empty; also when irrelevant */
/* (nullable) @id NULL: a new one. NULL when there is no room. */
SobanFormState *soban_form_list_append (SobanFormInstance *self, SobanRepeatList *list, const char *id, gboolean with_repeats,
                                        GError **error);
void soban_form_list_remove (SobanFormInstance *self, SobanRepeatList *list, guint index);
SobanRepeatList *soban_form_instance_find_list (SobanFormInstance *self, const char *path); /* (nullable) */
/* A node to evaluate a repeat's own expressions at when it has no instance; removed again by free_probe(). */
SobanNode *soban_form_list_probe (SobanRepeatList *list, gboolean *ret_temporary);

typedef void (*SobanFormStateFunc) (SobanFormInstance *self, SobanFormState *state, gpointer user_data);
/* Every state at and below @state, in document order. */
void soban_form_state_walk (SobanFormInstance *self, SobanFormState *state, SobanFormStateFunc func, gpointer user_data);
/* Every state of @element at and below @state. */
void soban_form_state_each (SobanFormInstance *self, SobanFormState *state, const SobanElement *element,
                            SobanFormStateFunc func, gpointer user_data);

/* form-recompute.c */
void soban_form_instance_queue_subtree (SobanFormInstance *self, SobanFormState *state, gboolean only_volatile);
void soban_form_instance_unqueue (SobanFormInstance *self, SobanFormState *state);
void soban_form_instance_unqueue_list (SobanFormInstance *self, SobanRepeatList *list);
/* The instance has come or is about to go: whoever reads it is computed again. */
void soban_form_instance_fire_subtree (SobanFormInstance *self, SobanFormState *state);
void soban_form_instance_fire_removed (SobanFormInstance *self, SobanRepeatList *list);
/* Writes a leaf and queues its readers; TRUE when the value is another one. */
gboolean soban_form_instance_write (SobanFormInstance *self, SobanFormState *state, const char *value);
/* Computes all that is pending, runs value-changed actions, until nothing is. */
void soban_form_instance_settle (SobanFormInstance *self);
SobanXPathContext soban_form_instance_context (SobanFormInstance *self, SobanNode *node);
/* Evaluates as boolean; a failure is remembered at @path and gives @fallback. */
gboolean soban_form_instance_test (SobanFormInstance *self, const SobanXPath *xpath, SobanNode *node, const char *path,
                                   gboolean fallback);
gboolean soban_form_instance_is_readonly (SobanFormInstance *self, const SobanFormState *state);
/* Whether the repeat is shown, also when it has no instance yet. */
gboolean soban_form_list_is_relevant (SobanFormInstance *self, SobanRepeatList *list);

/* form-attribute.c */
void soban_form_instance_preload_attributes (SobanFormInstance *self, SobanFormState *state);
void soban_form_instance_compute_attributes (SobanFormInstance *self);
void soban_form_instance_write_attribute (SobanFormState *state, const SobanAttribute *attribute, const char *value);
/* Attributes that the form filled in once are fields too: "entity/@id". */
void soban_form_instance_collect_attributes (SobanFormInstance *self, SobanFormState *state, SobanFieldMap *fields);
gboolean soban_form_instance_take_attribute (SobanFormInstance *self, const char *path, const char *value);

/* form-event.c */
/* FALSE when an answer to @state would be written by a setvalue into several entries of a repeat at once. */
gboolean soban_form_instance_check_actions (SobanFormInstance *self, SobanFormState *state, GError **error);
/* (transfer full) (nullable): what a preload gives now */
char *soban_form_instance_preload_value (SobanFormInstance *self, const char *preload, const char *params);
void soban_form_instance_preload (SobanFormInstance *self, SobanFormState *state);
void soban_form_instance_run_actions (SobanFormInstance *self, SobanFormState *source, SobanEvents event);
void soban_form_instance_run_load_actions (SobanFormInstance *self, SobanEvents event);

/* form-render.c */
void soban_form_instance_init_xpath_host (SobanFormInstance *self);
/* (transfer none) (nullable): the document of @secondary; that an external one cannot be had is remembered as a fault. */
SobanTree *soban_form_instance_load_secondary (SobanFormInstance *self, const SobanSecondary *secondary);
const char *soban_form_instance_translate (SobanFormInstance *self, const char *msgid);
/* (transfer full): "" for NULL */
char *soban_form_instance_render (SobanFormInstance *self, const SobanText *text, SobanNode *node);
/* (transfer full): clear with soban_media_clear(). */
SobanMedia soban_form_instance_find_media (SobanFormInstance *self, const SobanText *label, SobanNode *node);
void soban_media_clear (SobanMedia *media);
/* (nullable): what the itext has beside @text: see soban_form_find_itext_extra(). */
char *soban_form_instance_render_extra (SobanFormInstance *self, const SobanText *text, const char *kind, SobanNode *node);

/* form-value.c */
gboolean soban_value_fits (SobanDataType type, const char *value);
/* (transfer full): what an expression gave, as the type writes it: a number of days as a date, a fraction cut for an int */
char *soban_value_cast (SobanDataType type, char *value, GTimeZone *zone);

/* form-choices.c */
/* TRUE when @value is offered at @state; also TRUE when the list cannot be had (then nothing can be said). */
gboolean soban_form_instance_offers (SobanFormInstance *self, SobanFormState *state, const char *value);
/* (transfer full) (nullable): a multiple answer in the order of its list, so that the same choice is the same text on
 * every device; NULL when @state takes none. */
char *soban_form_instance_order_choices (SobanFormInstance *self, SobanFormState *state, const char *value);
/* (transfer full) (nullable): the label of a choice offered at @state, whether the filter offers it now or not */
char *soban_form_instance_choice_label (SobanFormInstance *self, SobanFormState *state, const char *value);
