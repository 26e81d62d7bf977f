/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "form/form-host.h"

/**
 * SobanToolHost: what a form is given when it is filled in from the command line: the machine's clock, and lists from the
 * folder the form lies in (or from our reference data, for the lists that every form of ours may name). One thread.
 */
typedef struct _SobanToolHost SobanToolHost;

/* @form_file: beside it lie the form's lists. @language: (nullable): of the texts. Both must outlive the host. */
SobanToolHost *soban_tool_host_new (const char *form_file, const char *language);
void soban_tool_host_free (SobanToolHost *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanToolHost, soban_tool_host_free)
const SobanFormHost *soban_tool_host_get (const SobanToolHost *self);
