/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/field-map.h"
#include "form/form-host.h"
#include "form/form.h"
#include "form/xpath.h"

/**
 * SobanFormInstance:
 *
 * A form being filled in, or a record looked at: the primary instance with live recompute (calculate, relevant, required,
 * readonly, constraint) by dependency graph. Paths are field-map paths. One thread.
 */
typedef struct _SobanFormInstance SobanFormInstance;

/**
 * soban_form_instance_new:
 * @fields: (nullable): an existing record or draft to open; NULL for a new one (first-load events and preloads run)
 *
 * Fields that the form does not know are kept and given back by get_fields() byte for byte (PROTOCOL 7).
 */
SobanFormInstance *soban_form_instance_new (SobanForm *form, const SobanFormHost *host, const SobanFieldMap *fields, GError **error);
void soban_form_instance_free (SobanFormInstance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanFormInstance, soban_form_instance_free)
SobanForm *soban_form_instance_get_form (SobanFormInstance *self); /* (transfer none) */

/* (transfer full): all fields with a value; @relevant_only leaves out what the answers made irrelevant (as on submission). */
SobanFieldMap *soban_form_instance_get_fields (SobanFormInstance *self, gboolean relevant_only);
/* (transfer full) (nullable): instance as XML, irrelevant nodes left out. */
char *soban_form_instance_to_xml (SobanFormInstance *self);

/* An answer that was submitted is corrected, as ODK's servers want it: its instanceID becomes meta/deprecatedID, and it
 * gets a new one. For instances that go to such a server; a record of ours stays who it is (PROTOCOL 1). */
void soban_form_instance_begin_edit (SobanFormInstance *self);

const char *soban_form_instance_get (SobanFormInstance *self, const char *path); /* (nullable) (transfer none) until the next set */
/* Sets a leaf and recomputes what depends on it. @value NULL or "" clears. Any text is taken (a draft may be wrong); types are checked by check(). */
gboolean soban_form_instance_set (SobanFormInstance *self, const char *path, const char *value, GError **error);

/**
 * soban_form_instance_evaluate:
 * @path: (nullable): an expression that says where to stand, "/data/rep[2]/x"; NULL = the instance's root element
 *
 * Evaluates as the form's own expressions are. The nodes of @ret_value live until the next set.
 */
gboolean soban_form_instance_evaluate (SobanFormInstance *self, const char *expression, const char *path,
                                       SobanXPathValue *ret_value, GError **error);

/* The record is being completed: fills in what is known only then (preload "timestamp" with "end"). */
void soban_form_instance_finish (SobanFormInstance *self);

/* Appends an instance of the repeat @path ("opinion"); (transfer full): the new instance's path "opinion[<uuid>]". */
char *soban_form_instance_add_repeat (SobanFormInstance *self, const char *path, GError **error);
/* @instance_path: with all that was answered in it. LIMIT and REFERENCE errors; UNSUPPORTED where jr:count or the form rules it. */
gboolean soban_form_instance_remove_repeat (SobanFormInstance *self, const char *instance_path, GError **error);
/* (transfer full) (element-type utf8): instance paths in order. */
GPtrArray *soban_form_instance_list_repeats (SobanFormInstance *self, const char *path);

typedef enum {
  SOBAN_CONTROL_INPUT, SOBAN_CONTROL_SELECT1, SOBAN_CONTROL_SELECT, SOBAN_CONTROL_RANK, SOBAN_CONTROL_UPLOAD,
  SOBAN_CONTROL_TRIGGER, SOBAN_CONTROL_RANGE, SOBAN_CONTROL_NOTE /* readonly input without a value of its own */,
} SobanControl;

typedef enum {
  SOBAN_TYPE_STRING, SOBAN_TYPE_INT, SOBAN_TYPE_DECIMAL, SOBAN_TYPE_BOOLEAN, SOBAN_TYPE_DATE, SOBAN_TYPE_TIME,
  SOBAN_TYPE_DATETIME, SOBAN_TYPE_GEOPOINT, SOBAN_TYPE_GEOTRACE, SOBAN_TYPE_GEOSHAPE, SOBAN_TYPE_BINARY, SOBAN_TYPE_BARCODE,
} SobanDataType;

/* Files that the itext gives to a text, as the form names them ("jr://audio/a.mp3"); each (nullable). */
typedef struct {
  char *image, *big_image, *audio, *video;
} SobanMedia;

/* A question as it stands now: translated, outputs filled in. A snapshot: ask again after each set. */
typedef struct {
  char *path;         /* field-map path */
  SobanControl control;
  SobanDataType type;
  char *label;        /* "" when it has none */
  char *hint;         /* (nullable) */
  char *guidance;     /* (nullable): a longer explanation, shown when asked for */
  SobanMedia media;   /* of the label */
  char *appearance;   /* "" when it has none; space-separated words */
  char *mediatype;    /* of an UPLOAD, "image/png"; "" when the form does not say */
  char *value;        /* "" when empty */
  gboolean relevant, required, readonly;
  gboolean unknown;   /* a NOTE because this program does not know how to ask it */
  gboolean optional_part; /* stands in a group with appearance "more": folded at first */
  SobanLevel level;
  double range_start, range_end, range_step; /* of a RANGE; NaN when the form does not say */
} SobanQuestion;
/* Whether @word is among the words of its appearance. */
gboolean soban_question_has_appearance (const SobanQuestion *question, const char *word);
void soban_question_free (SobanQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanQuestion, soban_question_free)

/* (transfer full) (nullable): NULL when no control shows @path. */
SobanQuestion *soban_form_instance_get_question (SobanFormInstance *self, const char *path);

typedef struct {
  char *value;
  char *label;
  SobanMedia media;
} SobanChoice;
/* (transfer full) (element-type SobanChoice): offered now: filters and language applied. */
GPtrArray *soban_form_instance_list_choices (SobanFormInstance *self, const char *path);
/* (transfer full): the answer as a person reads it: choice labels, Vietnamese dates and numbers; "" when empty. */
char *soban_form_instance_get_answer_text (SobanFormInstance *self, const char *path);

typedef enum {
  SOBAN_PAGE_QUESTIONS, /* a field-list group, or one question that stands alone */
  SOBAN_PAGE_REPEAT,    /* the list of a repeat's instances, with add and remove; each instance's own pages follow it */
} SobanPageKind;

typedef struct {
  SobanPageKind kind;
  char *id;          /* stays the same while the form is open: group path or first question, with the repeat ids */
  char *title;       /* translated, may be ""; in a repeat, without one of its own, that of the list and which it is */
  char *repeat_path; /* PAGE_REPEAT: path of the repeat; else of the instance the page is in, or NULL */
  GPtrArray *paths;  /* (element-type utf8): PAGE_QUESTIONS: the relevant questions, in order; PAGE_REPEAT: instance paths */
  gboolean can_change; /* PAGE_REPEAT: the person may add and remove instances */
  gboolean optional_part; /* all of it stands in groups with appearance "more" */
} SobanPage;
void soban_page_free (SobanPage *page);
void soban_choice_free (SobanChoice *choice);
/* (transfer full) (element-type SobanPage): relevant pages in order. */
GPtrArray *soban_form_instance_list_pages (SobanFormInstance *self);

typedef enum { SOBAN_PROBLEM_REQUIRED, SOBAN_PROBLEM_TYPE, SOBAN_PROBLEM_CONSTRAINT, SOBAN_PROBLEM_CHOICE, SOBAN_PROBLEM_WARNING } SobanProblemKind;

typedef struct {
  SobanProblemKind kind; /* WARNING asks once; every other one stops completing, never saving */
  char *path;
  char *message;         /* translated sentence for the person at the question */
} SobanProblem;
void soban_problem_free (SobanProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanProblem, soban_problem_free)

/* (transfer full) (nullable): the worst problem of one relevant question; a warning confirmed for this very value is none. */
SobanProblem *soban_form_instance_check (SobanFormInstance *self, const char *path);
/* (transfer full) (element-type SobanProblem): of the whole instance, in form order; empty = may be completed. */
GPtrArray *soban_form_instance_validate (SobanFormInstance *self);
/* Remembers that the person confirmed the warning at @path for its present value (the field ".confirmed/<path>"). */
void soban_form_instance_confirm (SobanFormInstance *self, const char *path);
