/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "collector-store.h"
#include "form/form-host.h"
#include "reference.h"

/**
 * SobanRecordHost: what forms need from outside, out of the reference data and of the collector's own records: the lists
 * `units`, `ethnic_groups`, `villages`, `registry` and one for each registry, those of one scope at a time. One thread.
 */
typedef struct _SobanRecordHost SobanRecordHost;

/* Borrows all three. */
SobanRecordHost *soban_record_host_new (const SobanReference *reference, const SobanCatalogue *catalogue, SobanCollectorStore *store);
void soban_record_host_free (SobanRecordHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanRecordHost, soban_record_host_free)

/* (transfer none): a host whose lists are those of @scope; until the next call. */
const SobanFormHost *soban_record_host_get (SobanRecordHost *host, const char *scope);
/* A village or another entry has changed: its list is read again. */
void soban_record_host_forget_registries (SobanRecordHost *host);
