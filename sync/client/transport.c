/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/transport.h"

G_DEFINE_INTERFACE (SobanTransport, soban_transport, G_TYPE_OBJECT)

static void
soban_transport_default_init (SobanTransportInterface *iface)
{
}

void
soban_transport_exchange_async (SobanTransport *transport, const SobanRequest *request, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SOBAN_IS_TRANSPORT (transport));
  SOBAN_TRANSPORT_GET_IFACE (transport)->exchange_async (transport, request, cancellable, callback, user_data);
}

SobanAnswer *
soban_transport_exchange_finish (SobanTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SOBAN_IS_TRANSPORT (transport), NULL);
  return SOBAN_TRANSPORT_GET_IFACE (transport)->exchange_finish (transport, result, error);
}
