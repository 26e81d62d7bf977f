/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "collector-store.h"

/* A real collector in a folder of its own, served over HTTPS by the real program. */
typedef struct {
  char *program; /* of soban-collector */
  char *dir;
  GSubprocess *process; /* (nullable): while it serves */
  guint port;
} LoadService;

#define LOAD_INCARNATION G_GUINT64_CONSTANT (0x1d2c3b4a59687706)

LoadService *load_service_new (const char *program);
void load_service_free (LoadService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadService, load_service_free)

/* (transfer full): its store, while it does not serve. */
SobanCollectorStore *load_service_open_store (LoadService *service);
/* Devices 1 .. @count, each with a scope of its own and a token: load_service_scope(), load_service_token(). */
void load_service_add_devices (LoadService *service, guint count);
char *load_service_scope (guint device);
char *load_service_token (guint device);

void load_service_start (LoadService *service);
void load_service_end (LoadService *service);
/* Of /proc: "VmRSS" or "VmHWM", in kB. */
guint64 load_service_read_memory_kb (LoadService *service, const char *field);
/* Seconds of processor time that it has used. */
double load_service_read_processor_s (LoadService *service);
