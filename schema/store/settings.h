/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Keys of soban_store_get_setting(). Append only: they are on disk. */
#define SOBAN_SETTING_HOME_SCOPE "home_scope"       /* unit uid new records belong to when their own commune is not ours */
#define SOBAN_SETTING_SCOPES "scopes"               /* unit uids of the enrolment, separated by blanks */
#define SOBAN_SETTING_ROLE "role"
#define SOBAN_SETTING_DEVICE "device"               /* number given at enrolment */
#define SOBAN_SETTING_DEVICE_NAME "device_name"
#define SOBAN_SETTING_PERSON "person"               /* who records on this tablet now */
#define SOBAN_SETTING_PEOPLE "people"               /* names of all who do, one a line, where they are several */
#define SOBAN_SETTING_COLLECTOR_URL "collector_url" /* https://host:port */
#define SOBAN_SETTING_COLLECTOR_KEY "collector_key" /* curl pin "sha256//<base64>" of the collector's public key */
#define SOBAN_SETTING_TOKEN "token"
#define SOBAN_SETTING_COMMUNE "commune"             /* unit uid offered as default */
#define SOBAN_SETTING_TEAM "team"                   /* record id of the own team */
#define SOBAN_SETTING_VILLAGE "village"             /* record id of the village that new records begin with */
#define SOBAN_SETTING_PLACE "place"                 /* record id of the own trusted address */
#define SOBAN_SETTING_EMERGENCY "emergency"         /* emergency numbers of the place, for the forms */
#define SOBAN_SETTING_LANGUAGE "language"
#define SOBAN_SETTING_READ_ALOUD "read_aloud"       /* "1": a button at each question reads it aloud */
#define SOBAN_SETTING_LAST_SYNC_MS "last_sync_ms"   /* collector time of the last complete sync */
#define SOBAN_SETTING_LAST_SYNC_ERROR "last_sync_error"
#define SOBAN_SETTING_PACE "pace"                   /* how much goes over the link at a time: client/pace.h */
#define SOBAN_SETTING_COLLECTOR_PUBLIC_KEY "collector_public_key" /* base64: for bundles; client/keyring.h */
#define SOBAN_SETTING_EXCHANGE_KEYS "exchange_keys" /* "scope=base64" for each scope, separated by blanks */
/* How many days back a tablet keeps what is no registry, as its enrolment says: a number, or "role=days" separated by
 * blanks, "*=days" for all others. Nothing or 0: everything. */
#define SOBAN_SETTING_RETENTION_DAYS "retention_days"
#define SOBAN_SETTING_RELAYED_MS "relayed_ms"     /* when what had been sent on for others was last taken up again */
#define SOBAN_SETTING_KNOWN_MS "known_ms"         /* a time that a collector has told: it is later now; store/present-time.c */
#define SOBAN_SETTING_ERASURE_TRACES "erasure_traces"   /* set: traces of an erased record are left in the file: erasure-traces.c */
#define SOBAN_SETTING_KEYS_ORIGIN "keys_origin"         /* to which enrolment, and when, the keys for bundles were given: client/keyring.c */
#define SOBAN_SETTING_FORMS "forms"               /* fingerprint of the published forms that are here, and by which program: store/form-files.c */
#define SOBAN_SETTING_PIN "pin"             /* store/pin.c */
#define SOBAN_SETTING_PIN_TRIES "pin_tries"
#define SOBAN_SETTING_KEPT_DAYS "kept_days" /* fewer days than the role allows, as the person chose: store/kept-days.h; nothing or 0: no choice */
