/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device says of itself, beside what the log has of it: rule A2 of admission.c. */
#include "config.h"

#include "admission.h"

#include <glib/gi18n-lib.h>

/* The log's chain of the sender at @number, which is not beyond its mark. */
static gboolean
find_chain (const SobanAdmissionStore *store, const SobanHello *hello, const SobanSenderMark *mark, guint64 number, guint64 *ret_chain,
            GError **error)
{
  const SobanChangeId id = { hello->device, hello->incarnation, number };
  SobanLogEntry entry;
  gboolean found;

  *ret_chain = number == 0 ? 0 : mark->high_chain;
  if (number == 0 || number == mark->high_number)
    return TRUE;
  if (!store->find_change (store->data, &id, &found, &entry, error))
    return FALSE;
  if (!found) {
    g_set_error (error, SOBAN_STORE_ERROR, SOBAN_STORE_ERROR_CORRUPT, _ ("The log lacks a change that it has acknowledged."));
    return FALSE;
  }
  *ret_chain = entry.chain;
  return TRUE;
}

static gboolean
put_incident (const SobanAdmissionStore *store, const SobanHello *hello, const SobanSenderMark *mark, gboolean same, gint64 now_ms,
              GError **error)
{
  g_autofree char *detail = NULL;
  SobanIncidentNote note = { .kind = SOBAN_INCIDENT_FORK, .device = hello->device, .noted_ms = now_ms };

  if (same)
    detail = g_strdup_printf ("incarnation %016" G_GINT64_MODIFIER "x gave %" G_GUINT64_FORMAT " changes, the log has %" G_GUINT64_FORMAT,
                              hello->incarnation, hello->last_number, mark->high_number);
  else
    detail = g_strdup_printf ("incarnation %016" G_GINT64_MODIFIER "x: the chain at change %" G_GUINT64_FORMAT " is another than in the log",
                              hello->incarnation, hello->acked_number);
  note.detail = detail;
  return store->put_incident (store->data, &note, error);
}

gboolean
soban_admission_greet (const SobanAdmissionStore *store, const SobanHello *hello, gint64 now_ms, SobanGreeting *ret_greeting, GError **error)
{
  SobanSenderMark mark;
  guint64 chain;
  gboolean same;

  if (!store->get_sender (store->data, hello->device, hello->incarnation, &mark, error))
    return FALSE;
  *ret_greeting = (SobanGreeting) { SOBAN_ACK_OK, mark.high_number, mark.high_chain };
  /* The log was set back to an older copy: no fork (sync/README.md 5.6). */
  if (hello->acked_number > mark.high_number)
    return TRUE;
  if (!find_chain (store, hello, &mark, hello->acked_number, &chain, error))
    return FALSE;
  same = chain == hello->chain;
  /* A bundle may have lain in a drawer while its device went on. */
  if (same && (mark.high_number <= hello->last_number || (hello->flags & SOBAN_HELLO_IN_BUNDLE)))
    return TRUE;
  *ret_greeting = (SobanGreeting) { SOBAN_ACK_FORK, same ? hello->acked_number : 0, same ? chain : 0 };
  return put_incident (store, hello, &mark, same, now_ms, error);
}
