/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-body.h"
#include "form/form.h"

/*
 * What a form is once it is read. Everything here is immutable after soban_form_parse().
 *
 *   SobanForm ─ root SobanElement ─ children ...   the primary instance's shape, one element per name, repeats once
 *             ─ body SobanBodyItem ─ children ...  what is shown; controls point to elements, elements to their control
 *             ─ computations by rank               relevant, calculate, jr:count in the order they are to be computed
 */

#define SOBAN_NS_XFORMS "http://www.w3.org/2002/xforms"
#define SOBAN_NS_JAVAROSA "http://openrosa.org/javarosa"
#define SOBAN_NS_OPENROSA "http://openrosa.org/xforms"
#define SOBAN_NS_OWN "https://soban.vn/xforms"

typedef enum { SOBAN_COMPUTE_RELEVANT, SOBAN_COMPUTE_CALCULATE, SOBAN_COMPUTE_COUNT } SobanComputeKind;

/* An expression whose result is kept up to date. COUNT belongs to a repeat element, one result for each parent instance. */
typedef struct {
  SobanElement *element;
  SobanComputeKind kind;
  SobanXPath *xpath;
  guint rank;          /* its place in form->computations: what it reads comes earlier */
  gboolean is_volatile;
  guint line;
} SobanComputation;

/* Who reads an element: when its value changes @target is to be computed again in the instance of @scope that both share. */
typedef struct {
  SobanComputation *target;
  SobanElement *scope; /* (nullable): the innermost repeat both stand in by relative path; NULL = everywhere */
} SobanTrigger;

typedef enum {
  SOBAN_EVENT_FIRST_LOAD = 1 << 0,
  SOBAN_EVENT_LOAD = 1 << 1,
  SOBAN_EVENT_VALUE_CHANGED = 1 << 2,
  SOBAN_EVENT_NEW_REPEAT = 1 << 3,
} SobanEvents;

/* An attribute that a bind or a setvalue names (entity declarations): no question, filled in by the form alone. */
typedef struct {
  SobanElement *owner;
  const char *prefix, *ns, *name;  /* interned */
  char *preload, *preload_params;  /* (nullable) */
  SobanXPath *calculate;           /* (nullable) */
} SobanAttribute;

/* A setvalue. */
typedef struct {
  SobanEvents events;
  SobanElement *target;
  SobanAttribute *attribute; /* (nullable): of the target, where the ref ends with one */
  SobanElement *source; /* (nullable): the control's or repeat's element it stands in; NULL for the model's */
  SobanXPath *place;    /* (nullable): which of the target's instances, where the ref has predicates */
  SobanXPath *value;    /* (nullable): else @literal */
  char *literal;
  guint line;
} SobanAction;

/* Whether a new record may begin with the answer of an earlier one: form/form-carry.h. */
typedef enum { SOBAN_CARRY_BY_TYPE, SOBAN_CARRY_ALWAYS, SOBAN_CARRY_NEVER } SobanCarry;

/* One element of the primary instance's shape, with what its bind says. */
struct _SobanElement {
  const char *name;      /* interned, as in paths */
  char *path;            /* "/data/opinion/status" */
  char *field;           /* "opinion/status"; "" for the root */
  SobanElement *parent;
  GPtrArray *children;   /* (element-type SobanElement) owned */
  guint index;           /* among its parent's children */
  guint order;           /* document order in the template */
  SobanNode *template;   /* in form->template: what a new instance of it looks like */
  gboolean is_repeat;
  gboolean has_template; /* marked jr:template: no instance to begin with */

  SobanDataType type;
  SobanComputation *relevant, *calculate, *count; /* (nullable) */
  SobanXPath *required, *readonly, *constraint, *warning; /* (nullable) */
  SobanText *required_message, *constraint_message, *warning_message; /* (nullable) */
  char *preload, *preload_params; /* (nullable) */
  gboolean has_level;
  SobanLevel level;
  SobanCarry carry;
  guint bind_line;       /* 0 without bind */

  SobanBodyItem *item;   /* (nullable): the control or repeat that shows it */
  GPtrArray *triggers;   /* (element-type SobanTrigger) */
  GPtrArray *actions;    /* (element-type SobanAction): on VALUE_CHANGED, and on NEW_REPEAT for a repeat */
};

typedef struct {
  char *language;
  gboolean is_default;
  GHashTable *texts; /* id -> SobanText */
  GHashTable *extras; /* "form id", the form being audio, image, big-image, video or guidance -> SobanText */
} SobanTranslation;

/* A secondary instance: @src (external) or @tree. */
typedef struct {
  char *id;
  char *src;
  SobanTree *tree;
} SobanSecondary;

/* What a form says wrongly and can still be filled in with: for whoever checks forms. */
typedef struct {
  gboolean is_error; /* else a warning */
  guint line;        /* 0: of no place */
  char *place;       /* the question, or what the form wrote; "" */
  char *message;
} SobanFormRemark;

struct _SobanForm {
  gatomicrefcount references;
  GBytes *xml;
  char *id, *version, *title;
  SobanPrefixes *prefixes;
  SobanTree *template;
  SobanElement *root;
  SobanElement *instance_id;  /* meta/instanceID */
  const char *root_ns;        /* interned; the namespace that the instance is written with, "" for none */
  char *primary_id;           /* id of the primary instance element, "" */
  GPtrArray *elements;        /* (element-type SobanElement) in document order, unowned */
  GHashTable *by_path;        /* "/data/x" -> SobanElement */
  GHashTable *by_field;       /* "x" -> SobanElement */
  GHashTable *bind_ids;       /* id of a bind -> SobanElement */
  GPtrArray *secondaries;     /* (element-type SobanSecondary) */
  GPtrArray *external_sources;
  GPtrArray *translations;    /* (element-type SobanTranslation) */
  GPtrArray *languages;
  SobanBodyItem *body;        /* a group without ref */
  GPtrArray *controls;        /* (element-type SobanBodyItem) in the order of the body, unowned */
  GPtrArray *computations;    /* (element-type SobanComputation) by rank, owned */
  GPtrArray *actions;         /* (element-type SobanAction) owned */
  GPtrArray *attributes;      /* (element-type SobanAttribute) owned */
  gboolean is_only_checked;   /* faults of single questions are remarks; nothing may be filled in with it */
  GPtrArray *remarks;         /* (element-type SobanFormRemark) owned, as they were met */
};

void soban_element_free (SobanElement *element);
SobanElement *soban_element_child (const SobanElement *element, const char *name);
gboolean soban_element_is_leaf (const SobanElement *element);
/* TRUE when @ancestor is @element or above it. */
gboolean soban_element_contains (const SobanElement *ancestor, const SobanElement *element);
/* The innermost repeat that @element is or stands in; (nullable). */
SobanElement *soban_element_repeat (const SobanElement *element);

/* (nullable): "opinion[<uuid>]/status" and "opinion/status" are the same element. */
SobanElement *soban_form_find_field (const SobanForm *form, const char *path);
/* (nullable): the element that @reference means at @base (NULL: the root); predicates are ignored. */
SobanElement *soban_form_resolve (const SobanForm *form, const SobanElement *base, const char *reference);
/* Whether its texts are msgids: no itext, or one in English or "default" only. */
gboolean soban_form_is_translatable (const SobanForm *form);
/* (nullable): the text in @language, else in the form's own default language, else in any. @language "" = the default. */
const SobanText *soban_form_find_itext (const SobanForm *form, const char *language, const char *id);
/* (nullable): what else the itext has under @id: @kind is "audio", "image", "big-image", "video" or "guidance". */
const SobanText *soban_form_find_itext_extra (const SobanForm *form, const char *language, const char *kind, const char *id);
const SobanSecondary *soban_form_find_secondary (const SobanForm *form, const char *id);
