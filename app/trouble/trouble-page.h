/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* (transfer floating): a page that says why the ledger does not open and what to do. @backup: (nullable): the last copy, offered by
 * "win.restore" where the ledger is damaged. @on_retry: (nullable) */
GtkWidget *soban_trouble_page_new (const GError *error, const char *backup, GCallback on_retry, gpointer data);
