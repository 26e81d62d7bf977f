/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/record-store.h"

/**
 * A draft: pending answers on top of a record's merged state, committed answer by answer: it survives kill -9 and a
 * power cut. Only completing makes a numbered change (DESIGN 5).
 */
typedef struct {
  SobanUuid id;          /* the record's id, given at the start */
  char *form, *form_version;
  gboolean stored;       /* it has a row: something was answered before */
  gboolean edits_record; /* TRUE: a completed record is being edited */
  SobanFieldMap *fields; /* all fields: the record's state at the start, with the pending answers over it */
  char *title;           /* for the list of drafts; "" */
  char *page;            /* (nullable): id of the page last shown */
  char *person;          /* who began it; "" = nobody was named */
  gint64 started_ms, changed_ms;
} SobanDraft;
void soban_draft_free (SobanDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanDraft, soban_draft_free)

/* (transfer full): a new draft of the newest version of @form. Written at its first answer. */
SobanDraft *soban_store_start_draft (SobanStore *store, const char *form, GError **error);
/* (transfer full): opens the record for editing (its form version); gives the draft back that is already there. */
SobanDraft *soban_store_edit_record (SobanStore *store, const SobanUuid *id, GError **error);
/* (transfer full) */
SobanDraft *soban_store_get_draft (SobanStore *store, const SobanUuid *id, GError **error);
/* (transfer full) (element-type SobanDraft): newest first. */
GPtrArray *soban_store_list_drafts (SobanStore *store, GError **error);

/* Commits the whole set of the draft's fields (only what differs is written). One transaction, one fsync; none when
 * nothing differs. */
gboolean soban_store_save_draft (SobanStore *store, const SobanUuid *id, const char *form, const char *form_version, const SobanFieldMap *fields, const char *title, const char *page, GError **error);
/* From now on the draft is answered in @form_version, which must be at hand; its answers stay as they are (form/form-fit.h). */
gboolean soban_store_move_draft (SobanStore *store, const SobanUuid *id, const char *form_version, GError **error);
/* Turns the draft into ONE change and removes it, in one transaction. @fields: the relevant answers. Registers a new village where the
 * answers name one (village_id = "other" and a village_new). */
gboolean soban_store_complete_draft (SobanStore *store, const SobanUuid *id, const SobanFieldMap *fields, GError **error);
gboolean soban_store_discard_draft (SobanStore *store, const SobanUuid *id, GError **error);

/**
 * soban_store_get_latest:
 * (transfer full) (nullable): the record of @form that who writes now made last on this tablet, else the newest one of the tablet's
 * team; NULL without @error when there is none.
 */
SobanRecord *soban_store_get_latest (SobanStore *store, const char *form, GError **error);
