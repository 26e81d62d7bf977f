/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

G_DEFINE_QUARK (soban-form-error-quark, soban_form_error)
G_DEFINE_QUARK (soban-store-error-quark, soban_store_error)
G_DEFINE_QUARK (soban-sync-error-quark, soban_sync_error)
G_DEFINE_QUARK (soban-bundle-error-quark, soban_bundle_error)
