/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admission.h"
#include "fixture.h"

extern const char *const both_scopes[];
extern const char *const scope_a_alone[];

/* Admits @batch (transfer full) in a transaction of its own; the sender is that of the first change. */
void admit (Fixture *fixture, GPtrArray *batch, const char *const *scopes, SobanAdmissionResult *result);
/* The same; @more: former_scopes, evidence, relayed and carrier of the request. */
void admit_more (Fixture *fixture, GPtrArray *batch, const char *const *scopes, const SobanAdmissionRequest *more,
                 SobanAdmissionResult *result);
/* The same, with nothing of the result wanted but that nothing was refused. */
void admit_good (Fixture *fixture, GPtrArray *batch);

/* What the greeting answers to a device with these numbers. */
SobanGreeting greet (Fixture *fixture, guint32 device, guint64 incarnation, guint64 last_number, guint64 acked_number, guint64 chain);
SobanGreeting greet_in_bundle (Fixture *fixture, guint32 device, guint64 incarnation, guint64 last_number, guint64 acked_number,
                               guint64 chain);

gint64 ask (Fixture *fixture, const char *sql);
/* (transfer full) (nullable): the value of a field. */
char *read_field (Fixture *fixture, guint record, const char *path);
void assert_field (Fixture *fixture, guint record, const char *path, const char *expected);
/* (transfer full): as it lies in the log. */
SobanChange *read_change (Fixture *fixture, guint32 device, guint64 incarnation, guint64 number);
