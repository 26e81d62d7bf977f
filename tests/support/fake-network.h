/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A GNetworkMonitor whose network is there or not as the test says. */
#define FAKE_TYPE_NETWORK (fake_network_get_type ())
G_DECLARE_FINAL_TYPE (FakeNetwork, fake_network, FAKE, NETWORK, GObject)

FakeNetwork *fake_network_new (gboolean available, gboolean metered);
void fake_network_set_available (FakeNetwork *network, gboolean available);
void fake_network_set_metered (FakeNetwork *network, gboolean metered);
