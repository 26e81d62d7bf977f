/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every bound of the project (PROTOCOL 11), in one header. Units stand last in the names. */

/* forms */
#define SOBAN_FORM_BYTES_MAX (8 * 1024 * 1024)
#define SOBAN_FORM_DEPTH_MAX 64
#define SOBAN_EXPRESSION_BYTES_MAX (64 * 1024)
#define SOBAN_EXPRESSION_DEPTH_MAX 256
#define SOBAN_EXPRESSION_VISITS_MAX 20000000 /* nodes looked at in one evaluation */
#define SOBAN_EXPRESSION_TEXT_BYTES_MAX (16 * 1024 * 1024)
#define SOBAN_REPEAT_INSTANCES_MAX 2000
#define SOBAN_CHOICES_MAX 200000

/* forms that the collector publishes (sync/README.md 4.6a) */
#define SOBAN_FORMS_OFFERED_MAX 1024                /* versions that one tablet is told of */
#define SOBAN_FORM_FILES_MAX 256                    /* of one version */
#define SOBAN_FORM_FILE_NAME_BYTES_MAX 255
#define SOBAN_FORM_FILE_BYTES_MAX (16 * 1024 * 1024)
#define SOBAN_FORM_FILES_BYTES_MAX (64 * 1024 * 1024) /* of one version together */
#define SOBAN_FORM_LIST_BYTES_MAX (1024 * 1024)     /* a FORMS body */
#define SOBAN_FORM_PIECE_BYTES_MAX (128 * 1024)     /* of one answer to GET /v1/form */

/* records */
#define SOBAN_VALUE_BYTES_MAX (64 * 1024)
#define SOBAN_PATH_BYTES_MAX 512
#define SOBAN_FORM_ID_BYTES_MAX 128
#define SOBAN_SCOPE_BYTES_MAX 64
#define SOBAN_RECORD_FIELDS_MAX 20000
#define SOBAN_CHANGE_BYTES_MAX (1024 * 1024)
#define SOBAN_CHANGE_BASES_MAX SOBAN_RECORD_FIELDS_MAX

/* sync */
#define SOBAN_FRAME_BYTES_MAX (2 * 1024 * 1024)
#define SOBAN_FRAME_INFLATED_BYTES_MAX (8 * 1024 * 1024)
#define SOBAN_REQUEST_BYTES_MAX (16 * 1024 * 1024)
#define SOBAN_REPLY_BYTES_MAX (16 * 1024 * 1024)
#define SOBAN_FRAME_CHANGES_MAX 1000
#define SOBAN_FRAME_WRITTEN_OUT_BYTES_MAX (32 * 1024 * 1024) /* paths and values of a CHANGES frame, before columns and deflate */
#define SOBAN_REQUEST_CHANGES_MAX 5000
#define SOBAN_REPLY_CHANGES_MAX 5000
#define SOBAN_REQUEST_QUESTIONS_MAX 64 /* RANGES and WANTED frames */
#define SOBAN_REQUEST_SENDERS_MAX 256 /* others whose changes one request sends on */
#define SOBAN_SCOPES_PER_DEVICE_MAX 4096
#define SOBAN_TOKEN_BYTES_MAX 256
#define SOBAN_ROUNDS_PER_SYNC_MAX 10000
#define SOBAN_SENTENCE_BYTES_MAX 4096 /* of an ERROR frame; program name, boot id */
#define SOBAN_EVIDENCE_READINGS_MAX 20000 /* boots, and anchors, of a CLOCK_EVIDENCE frame */
#define SOBAN_RANGES_MAX 1024             /* of a RANGES frame */
#define SOBAN_RANGE_ENTRIES_MAX 65536     /* parts and items of a RANGES frame */
#define SOBAN_WANTED_RECORDS_MAX 1000     /* of a WANTED or RECORDS frame */

/* time: the programme's first day, 14/10/2021 (PROTOCOL 3.2b), in UTC ms */
#define SOBAN_PROGRAMME_START_MS G_GINT64_CONSTANT (1634169600000)

/* the tablet */
#define SOBAN_AUTOSAVE_DELAY_MS_MAX 2000
#define SOBAN_LIST_PAGE_ROWS 256
#define SOBAN_LATEST_LOOKED_AT_MAX 2000 /* newest records of a form among which the last one of the own team is looked for */
#define SOBAN_USED_RECORDS_MAX 32       /* newest records of a form in which answers used lately are looked for */
#define SOBAN_PEOPLE_MAX 32             /* who write on one tablet */
#define SOBAN_PERSON_BYTES_MAX 256
#define SOBAN_BOOTS_KEPT_MAX 4096 /* of the own clock evidence; each with at most two anchors */

/* bundles: a file of FAT ends before 4 GiB; a chunk is counted before it is sealed */
#define SOBAN_BUNDLE_BYTES_MAX G_GUINT64_CONSTANT (0xffffffff)
#define SOBAN_BUNDLE_CHUNK_BYTES_MAX (64 * 1024)
#define SOBAN_BUNDLE_RELAYED_MAX 20000 /* changes of others that one bundle sends on */

/* store/backup.c: how often a copy is made beside the store, and what stays free beyond it. */
#define SOBAN_BACKUP_INTERVAL_SECONDS (24 * 60 * 60)
#define SOBAN_BACKUP_ROOM_BYTES (32 * 1024 * 1024)

/* attachments: photos and other files of `upload` questions (store/attachment-store.h, sync/README.md 11) */
#define SOBAN_ATTACHMENT_BYTES_MAX (10 * 1024 * 1024)
#define SOBAN_ATTACHMENT_EXTENSION_BYTES_MAX 8
#define SOBAN_ATTACHMENT_CHUNK_BYTES (64 * 1024) /* of a row of the tablet's store */
#define SOBAN_ATTACHMENTS_WAITING_MAX 2000       /* that one tablet keeps before a collector has them */
#define SOBAN_ATTACHMENT_PATCH_BYTES_MAX (256 * 1024) /* of one PATCH */
#define SOBAN_ATTACHMENTS_AT_ONCE_MAX 64         /* PATCH requests that a collector takes in at a time */
#define SOBAN_ATTACHMENTS_DEVICE_BYTES_MAX (G_GINT64_CONSTANT (8) * 1024 * 1024 * 1024) /* that a collector keeps of one device */
#define SOBAN_ATTACHMENT_UNFINISHED_DAYS 60      /* so long the beginning of one waits for its rest, and one that no record names for a record */

/* pictures: what is read and decoded (app/media/picture.c), and how large a photo is kept */
#define SOBAN_PICTURE_SOURCE_BYTES_MAX (64 * 1024 * 1024)
#define SOBAN_PICTURE_PIXELS_MAX (24 * 1000 * 1000)
#define SOBAN_PICTURE_JPEG_PIXELS_MAX (120 * 1000 * 1000) /* decoded at an eighth of its size where it is that large */
#define SOBAN_PICTURE_SIDE_PX_MAX 1600

/* the PIN (store/pin.c): memory that a tablet of 1 GB can spare for half a second; a file that asks for more is not obeyed */
#define SOBAN_PIN_DIGITS_MIN 4
#define SOBAN_PIN_DIGITS_MAX 8
#define SOBAN_PIN_OPERATIONS 4
#define SOBAN_PIN_OPERATIONS_MAX 64
#define SOBAN_PIN_MEMORY_BYTES (64 * 1024 * 1024)
#define SOBAN_PIN_MEMORY_BYTES_MAX (256 * 1024 * 1024)
#define SOBAN_STORE_KEY_BYTES 32
#define SOBAN_PIN_TRIES_FREE 5                /* from this wrong one on a time must pass */
#define SOBAN_PIN_WAIT_MS (30 * 1000)         /* after that one; after each further one twice as long */
#define SOBAN_PIN_WAIT_MS_MAX (60 * 60 * 1000)
#define SOBAN_LOCK_IDLE_MS (60 * 1000)        /* without a touch or a key, and the window locks itself */

/* how many days back a tablet keeps activities, by its enrolment (PROTOCOL 8); 0 = all of them */
#define SOBAN_KEPT_DAYS_DEFAULT 90
#define SOBAN_KEPT_DAYS_MIN 30
#define SOBAN_KEPT_DAYS_MAX 36500

/* how many people harmed could be told apart in a commune (DESIGN 9): 1 to so many show as "<5" below province level */
#define SOBAN_SMALL_COUNT_MAX 4
