/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What a kind of incident is called, and what was done about it. */
typedef struct {
  const char *kind;     /* SOBAN_INCIDENT_... */
  const char *title;    /* English, for gettext */
  const char *sentence; /* (nullable): the same */
} SobanIncidentKind;

/* A kind that a newer collector has noted is called by its own word. */
SobanIncidentKind soban_incident_kind_find (const char *kind);
