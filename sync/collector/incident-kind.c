/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong between tablets and the collector, in words that say what was done about it and what is left to do. */
#include "config.h"

#include "incident-kind.h"

#include <glib/gi18n-lib.h>

#include "record-repair.h"
#include "round.h"

static const SobanIncidentKind kinds[] = {
  { SOBAN_INCIDENT_FORK, N_ ("Two tablets under one name"),
    N_ ("A tablet was copied, or an old copy of it was put back. Both records are kept, and the tablet has gone on by itself. Nothing is left to do, "
        "unless two tablets are in use under this name: then enrol one of them anew.") },
  { SOBAN_INCIDENT_DIVERGENCE, N_ ("A tablet showed other records than the server"),
    N_ ("Records on the tablet were not the same as here. It has received them anew by itself. When it happens again, look at the tablet's memory.") },
  { SOBAN_INCIDENT_RESTORED, N_ ("The server knew less than a tablet"),
    N_ ("The server was set back to an older copy. Tablets send again what is missing here, each when it is used the next time.") },
  { SOBAN_INCIDENT_ERASED_AGAIN, N_ ("Records were erased again"),
    N_ ("They had been erased by law before the server was set back to an older copy. A tablet told the server, which has erased them again. "
        "Nothing is left to do.") },
  { SOBAN_INCIDENT_OUT_OF_SCOPE, N_ ("Records of another commune"),
    N_ ("The tablet sent records of a commune that it is not enrolled to. They were not taken in and wait on the tablet. If they are right, enrol it to that commune.") },
  { SOBAN_INCIDENT_FORMER_SCOPE, N_ ("Records of a commune that the tablet has left"),
    N_ ("They were made before or after the change and are kept. Look whether they belong there.") },
  { SOBAN_INCIDENT_UNREADABLE, N_ ("A damaged record"),
    N_ ("A record could not be read in the server's data and was put together again from its history. Tell the administrator: the disk may be failing.") },
  { SOBAN_INCIDENT_LOST, N_ ("A record that cannot be read"),
    N_ ("Neither the record nor its history can be read. Tell the administrator: a backup may still hold it.") },
};

SobanIncidentKind
soban_incident_kind_find (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_equal (kinds[i].kind, kind))
      return kinds[i];
  }
  return (SobanIncidentKind) { kind, kind, NULL };
}
