/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-network.h"

struct _FakeNetwork {
  GObject parent;

  gboolean available, metered;
};

enum { PROPERTY_AVAILABLE = 1, PROPERTY_METERED, PROPERTY_CONNECTIVITY };

static void
fake_network_monitor_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
begin (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
fake_network_initable_init (GInitableIface *iface)
{
  iface->init = begin;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeNetwork, fake_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, fake_network_initable_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, fake_network_monitor_init))

static void
fake_network_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FakeNetwork *self = FAKE_NETWORK (object);

  if (id == PROPERTY_AVAILABLE)
    g_value_set_boolean (value, self->available);
  else if (id == PROPERTY_METERED)
    g_value_set_boolean (value, self->metered);
  else
    g_value_set_enum (value, self->available ? G_NETWORK_CONNECTIVITY_FULL : G_NETWORK_CONNECTIVITY_LOCAL);
}

static void
fake_network_class_init (FakeNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_network_get_property;
  g_object_class_override_property (object_class, PROPERTY_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROPERTY_METERED, "network-metered");
  g_object_class_override_property (object_class, PROPERTY_CONNECTIVITY, "connectivity");
}

static void
fake_network_init (FakeNetwork *self)
{
}

FakeNetwork *
fake_network_new (gboolean available, gboolean metered)
{
  FakeNetwork *self = g_object_new (FAKE_TYPE_NETWORK, NULL);

  self->available = available;
  self->metered = metered;
  return self;
}

void
fake_network_set_available (FakeNetwork *network, gboolean available)
{
  network->available = available;
  g_signal_emit_by_name (network, "network-changed", available);
}

void
fake_network_set_metered (FakeNetwork *network, gboolean metered)
{
  network->metered = metered;
  g_signal_emit_by_name (network, "network-changed", network->available);
}
