/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entry/autosave.h"
#include "form/form-fit.h"
#include "form/form-instance.h"
#include "store/draft-store.h"

/**
 * SobanEntry: one form being filled in: the draft, its live instance, its autosave. No widgets. Main thread.
 * Signals: "changed" (an answer, and what depends on it), "save-state" (see soban_entry_get_save_state()).
 */
#define SOBAN_TYPE_ENTRY (soban_entry_get_type ())
G_DECLARE_FINAL_TYPE (SobanEntry, soban_entry, SOBAN, ENTRY, GObject)

/**
 * soban_entry_open_async:
 * @form: (nullable): id of the form to begin a new draft of
 * @id: (nullable): of the record to edit, or of the draft to go on with (@form NULL)
 */
void soban_entry_open_async (SobanStore *store, const char *form, const SobanUuid *id, GAsyncReadyCallback callback,
                             gpointer user_data);
/* (transfer full) */
SobanEntry *soban_entry_open_finish (GAsyncResult *result, GError **error);
/* (transfer full): takes @draft over. */
SobanEntry *soban_entry_new (SobanStore *store, SobanDraft *draft, GError **error);

SobanStore *soban_entry_get_store (SobanEntry *self);           /* (transfer none) */
SobanFormInstance *soban_entry_get_instance (SobanEntry *self); /* (transfer none) */
const SobanUuid *soban_entry_get_id (SobanEntry *self);
const char *soban_entry_get_form_id (SobanEntry *self);
gboolean soban_entry_get_edits_record (SobanEntry *self);
const char *soban_entry_get_title (SobanEntry *self); /* the form's title, translated */

/* Takes an answer; "changed" follows when it is another one. */
void soban_entry_set (SobanEntry *self, const char *path, const char *value);
/* (transfer full) (nullable): path of the new instance */
char *soban_entry_add_repeat (SobanEntry *self, const char *path, GError **error);
void soban_entry_remove_repeat (SobanEntry *self, const char *instance_path);
/* Brings the instance back that was removed last, as it was and where it was; FALSE: there is none. soban_entry_get_instance() gives
 * another one afterwards. */
gboolean soban_entry_undo_removal (SobanEntry *self);
void soban_entry_confirm (SobanEntry *self, const char *path);
/* Which page is seen, kept with the draft. */
void soban_entry_set_page (SobanEntry *self, const char *page);
const char *soban_entry_get_page (SobanEntry *self); /* (nullable) */

/* Whether the commune office has taken the draft's version of the form back: it may be completed all the same. */
gboolean soban_entry_is_withdrawn (SobanEntry *self);
/* Looks anew at what has become of the form: a version may come or go while the entry is open. Nothing of the answers changes. */
void soban_entry_look_at_form (SobanEntry *self);
/* Whether another version of the form than the draft's is the one for new records now. */
gboolean soban_entry_has_newer_form (SobanEntry *self);
/* (transfer full) (element-type SobanMisfit): the answers that would not fit there (form/form-fit.h). */
GPtrArray *soban_entry_list_misfits (SobanEntry *self);
/* Goes over to that version, with all answers. Afterwards the entry saves nothing any more: open it anew by its id. */
void soban_entry_move_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_entry_move_finish (SobanEntry *self, GAsyncResult *result, GError **error);
/**
 * soban_entry_get_earlier:
 * (transfer none) (nullable): the record that this new one may begin with: the last one of the same person, else team.
 */
const SobanRecord *soban_entry_get_earlier (SobanEntry *self);
/* Takes over what is likely to be the same again (form/form-carry.h); how many answers. */
guint soban_entry_carry (SobanEntry *self);
/* Puts back what carry() changed and nobody has changed since. */
void soban_entry_undo_carry (SobanEntry *self);
gboolean soban_entry_has_carried (SobanEntry *self);

SobanSaveState soban_entry_get_save_state (SobanEntry *self);
const GError *soban_entry_get_save_error (SobanEntry *self); /* (nullable) */
void soban_entry_flush (SobanEntry *self);
gboolean soban_entry_flush_now (SobanEntry *self, GError **error);
/* FALSE as long as nothing was ever answered: there is no draft in the store. */
gboolean soban_entry_is_touched (SobanEntry *self);

/* Something that becomes an answer is being made on a worker (a photo): until as many releases, completing waits for it. */
void soban_entry_hold (SobanEntry *self);
void soban_entry_release (SobanEntry *self);
gboolean soban_entry_is_held (SobanEntry *self);
/* TRUE: completing was waiting, and will not happen: its callback is not called, its user_data is the caller's again. */
gboolean soban_entry_stop_completing (SobanEntry *self);

/* Turns the draft into a change of the record. Afterwards the entry saves nothing any more. */
void soban_entry_complete_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_entry_complete_finish (SobanEntry *self, GAsyncResult *result, GError **error);
/* Throws the draft away. */
void soban_entry_discard_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_entry_discard_finish (SobanEntry *self, GAsyncResult *result, GError **error);
/* Afterwards: brings the draft back as it was when it was thrown away. */
void soban_entry_restore_async (SobanEntry *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean soban_entry_restore_finish (SobanEntry *self, GAsyncResult *result, GError **error);
