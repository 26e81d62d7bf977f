/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/choice-model.h"

#include "base/text.h"

struct _SobanChoiceItem {
  GObject parent_instance;

  char *value, *label;
};

G_DEFINE_FINAL_TYPE (SobanChoiceItem, soban_choice_item, G_TYPE_OBJECT)

typedef struct {
  char *value, *label;
  char *lower;  /* label in lower case, with its accents */
  char *folded; /* label folded, with a blank before, so that a word's start is found by " word" */
} Choice;

struct _SobanChoiceModel {
  GObject parent_instance;

  GArray *choices; /* (element-type Choice) */
  GArray *shown;   /* (element-type guint): indices of choices */
  guint n_matches; /* of them, those that fit the search */
};

static void soban_choice_model_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SobanChoiceModel, soban_choice_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, soban_choice_model_list_init))

/* "Another one, not in the list", as lists and forms write it. */
#define OTHER_VALUE "other"

/* How well a choice fits; the lower the better. */
enum { FIT_EXACT_START, FIT_EXACT, FIT_START, FIT_WORD, FIT_INSIDE, FIT_OTHER, N_FITS };

const char *
soban_choice_item_get_value (SobanChoiceItem *item)
{
  return item->value;
}

const char *
soban_choice_item_get_label (SobanChoiceItem *item)
{
  return item->label;
}

static void
soban_choice_item_finalize (GObject *object)
{
  g_free (SOBAN_CHOICE_ITEM (object)->value);
  g_free (SOBAN_CHOICE_ITEM (object)->label);
  G_OBJECT_CLASS (soban_choice_item_parent_class)->finalize (object);
}

static void
soban_choice_item_class_init (SobanChoiceItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_choice_item_finalize;
}

static void
soban_choice_item_init (SobanChoiceItem *item)
{
}

static GType
get_item_type (GListModel *model)
{
  return SOBAN_TYPE_CHOICE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return SOBAN_CHOICE_MODEL (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SobanChoiceModel *self = SOBAN_CHOICE_MODEL (model);
  const Choice *choice;
  SobanChoiceItem *item;

  if (position >= self->shown->len) {
    return NULL;
  }
  choice = &g_array_index (self->choices, Choice, g_array_index (self->shown, guint, position));
  item = g_object_new (SOBAN_TYPE_CHOICE_ITEM, NULL);
  item->value = g_strdup (choice->value);
  item->label = g_strdup (choice->label);
  return item;
}

static void
soban_choice_model_list_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

void
soban_choice_model_add (SobanChoiceModel *self, const char *value, const char *label)
{
  Choice choice = { .value = g_strdup (value), .label = g_strdup (label) };
  g_autofree char *folded = soban_text_fold (label);

  choice.lower = g_utf8_strdown (label, -1);
  choice.folded = g_strconcat (" ", folded, NULL);
  g_array_append_val (self->choices, choice);
}

/* What a person chooses who does not find the one that is sought: always there, after those that fit. */
static guint
rate_other (const Choice *choice)
{
  return g_str_equal (choice->value, OTHER_VALUE) ? FIT_OTHER : N_FITS;
}

/* N_FITS: does not fit. Every word searched for must be in the choice. */
static guint
rate (const Choice *choice, const char *lower, const char *folded, char **words)
{
  const char *found;

  for (guint i = 0; words[i] != NULL; i++) {
    if (strstr (choice->folded, words[i]) == NULL) {
      return rate_other (choice);
    }
  }
  found = strstr (choice->lower, lower);
  if (found != NULL) {
    return found == choice->lower || found[-1] == ' ' ? FIT_EXACT_START : FIT_EXACT;
  }
  if (g_str_has_prefix (choice->folded + 1, folded)) {
    return FIT_START;
  }
  found = strstr (choice->folded, folded);
  return found != NULL && found[-1] == ' ' ? FIT_WORD : FIT_INSIDE;
}

void
soban_choice_model_search (SobanChoiceModel *self, const char *search)
{
  g_autofree char *folded = soban_text_fold (search);
  g_autofree char *normal = soban_text_normalize (search, -1);
  g_autofree char *lower = g_utf8_strdown (normal == NULL ? "" : normal, -1);
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  guint before = self->shown->len;
  GArray *fits[N_FITS];

  g_strstrip (lower);
  for (guint fit = 0; fit < N_FITS; fit++) {
    fits[fit] = g_array_new (FALSE, FALSE, sizeof (guint));
  }
  for (guint i = 0; i < self->choices->len; i++) {
    guint fit = rate (&g_array_index (self->choices, Choice, i), lower, folded, words);

    if (fit < N_FITS) {
      g_array_append_val (fits[fit], i);
    }
  }
  g_array_set_size (self->shown, 0);
  self->n_matches = 0;
  for (guint fit = 0; fit < N_FITS; fit++) {
    if (fits[fit]->len > 0) {
      g_array_append_vals (self->shown, fits[fit]->data, fits[fit]->len);
      self->n_matches += fit == FIT_OTHER ? 0 : fits[fit]->len;
    }
    g_array_unref (fits[fit]);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->shown->len);
}

gboolean
soban_choice_model_has_match (SobanChoiceModel *self)
{
  g_return_val_if_fail (SOBAN_IS_CHOICE_MODEL (self), FALSE);
  return self->n_matches > 0;
}

static void
clear_choice (gpointer data)
{
  Choice *choice = data;

  g_free (choice->value);
  g_free (choice->label);
  g_free (choice->lower);
  g_free (choice->folded);
}

static void
soban_choice_model_finalize (GObject *object)
{
  SobanChoiceModel *self = SOBAN_CHOICE_MODEL (object);

  g_array_unref (self->choices);
  g_array_unref (self->shown);
  G_OBJECT_CLASS (soban_choice_model_parent_class)->finalize (object);
}

static void
soban_choice_model_class_init (SobanChoiceModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = soban_choice_model_finalize;
}

static void
soban_choice_model_init (SobanChoiceModel *self)
{
  self->choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  self->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_set_clear_func (self->choices, clear_choice);
}

SobanChoiceModel *
soban_choice_model_new (void)
{
  return g_object_new (SOBAN_TYPE_CHOICE_MODEL, NULL);
}
