/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/loopback-transport.h"

#include "base/error.h"

struct _SobanLoopbackTransport {
  GObject parent;

  SobanLoopbackExchange exchange;
  gpointer data;
};

static void soban_loopback_transport_iface_init (SobanTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (SobanLoopbackTransport, soban_loopback_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SOBAN_TYPE_TRANSPORT, soban_loopback_transport_iface_init))

static gboolean
on_idle (gpointer user_data)
{
  GTask *task = user_data;
  SobanLoopbackTransport *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  SobanAnswer *answer;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    g_task_return_new_error (task, SOBAN_SYNC_ERROR, SOBAN_SYNC_ERROR_CANCELLED, "cancelled");
    return G_SOURCE_REMOVE;
  }
  answer = self->exchange (g_task_get_task_data (task), self->data, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) soban_answer_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  return G_SOURCE_REMOVE;
}

static void
free_request (gpointer data)
{
  SobanRequest *request = data;

  g_free ((char *) request->path);
  g_free ((char *) request->content_type);
  g_free ((char *) request->token);
  g_free ((char *) request->method);
  g_strfreev ((char **) request->headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

static void
exchange_async (SobanTransport *transport, const SobanRequest *request, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  g_autoptr (GSource) source = g_idle_source_new ();
  SobanRequest *copy = g_new0 (SobanRequest, 1);

  g_task_set_source_tag (task, exchange_async);
  g_task_set_check_cancellable (task, FALSE);
  copy->path = g_strdup (request->path);
  copy->content_type = g_strdup (request->content_type);
  copy->token = g_strdup (request->token);
  copy->method = g_strdup (request->method);
  copy->headers = (const char *const *) g_strdupv ((char **) request->headers);
  copy->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
  g_task_set_task_data (task, copy, free_request);
  /* The source holds the task until it is gone. */
  g_task_attach_source (task, source, on_idle);
}

static SobanAnswer *
exchange_finish (SobanTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
soban_loopback_transport_iface_init (SobanTransportInterface *iface)
{
  iface->exchange_async = exchange_async;
  iface->exchange_finish = exchange_finish;
}

static void
soban_loopback_transport_class_init (SobanLoopbackTransportClass *klass)
{
}

static void
soban_loopback_transport_init (SobanLoopbackTransport *self)
{
}

SobanTransport *
soban_loopback_transport_new (SobanLoopbackExchange exchange, gpointer data)
{
  SobanLoopbackTransport *self = g_object_new (SOBAN_TYPE_LOOPBACK_TRANSPORT, NULL);

  self->exchange = exchange;
  self->data = data;
  return SOBAN_TRANSPORT (self);
}
