/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "protocol/signing-keys.h"

/* The file that a bundle is: sync/README.md 10. Streams both ways; never holds more than a chunk. Pure; one owner at a time. */

/* On the wire: append only. */
typedef enum {
  SOBAN_BUNDLE_UP = 1,       /* device to collector */
  SOBAN_BUNDLE_RECEIPT = 2,  /* collector to device */
  SOBAN_BUNDLE_EXCHANGE = 3, /* among the tablets of a scope */
} SobanBundleKind;

/* What stands before the sealed part, for everybody to read. */
typedef struct {
  SobanBundleKind kind;
  guint32 sender;      /* device number; 0: the collector */
  guint8 sender_key[SOBAN_PUBLIC_KEY_BYTES];
  char *scope;         /* of kind EXCHANGE; else "" */
} SobanEnvelopeHead;

/* To whom, from whom. */
typedef struct {
  SobanBundleKind kind;
  guint32 sender;
  const SobanSigningKeys *sender_keys;
  const guint8 *receiver_key; /* kinds UP and RECEIPT: the public key it is sealed to */
  const guint8 *exchange_key; /* kind EXCHANGE: the scope's */
  const char *scope;          /* kind EXCHANGE */
} SobanEnvelopeAddress;

/* How many bytes a bundle of @plain_bytes takes. */
guint64 soban_envelope_measure (const SobanEnvelopeAddress *address, guint64 plain_bytes);

typedef struct _SobanEnvelopeWriter SobanEnvelopeWriter;

/* Appends the head to @out. Errors: OTHER_RECEIVER of SOBAN_BUNDLE_ERROR when the receiver's key is none. */
SobanEnvelopeWriter *soban_envelope_writer_new (const SobanEnvelopeAddress *address, const SobanEntropy *entropy, GByteArray *out,
                                                GError **error);
void soban_envelope_writer_free (SobanEnvelopeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanEnvelopeWriter, soban_envelope_writer_free)
/* Whether @plain_bytes more fit below SOBAN_BUNDLE_BYTES_MAX. */
gboolean soban_envelope_writer_has_room (const SobanEnvelopeWriter *writer, guint64 plain_bytes);
/* Appends what is ready to @out. There must be room. */
void soban_envelope_writer_write (SobanEnvelopeWriter *writer, const guint8 *plain, gsize length, GByteArray *out);
/* Appends the last chunk and the signature. Nothing can be written any more. */
void soban_envelope_writer_finish (SobanEnvelopeWriter *writer, GByteArray *out);

/* What opens one envelope. */
typedef struct {
  const guint8 *sender_key;             /* (nullable): the key the sender is known by; NULL: any that signed (kind EXCHANGE) */
  const SobanSigningKeys *receiver_keys; /* kinds UP and RECEIPT */
  const guint8 *exchange_key;           /* kind EXCHANGE */
} SobanEnvelopeKeys;

/* Finds what opens @head: called once, from within feed(); the keys are used before it returns. FALSE with @error: it is not to be opened. */
typedef gboolean (*SobanEnvelopeFindKeys) (const SobanEnvelopeHead *head, gpointer data, SobanEnvelopeKeys *ret_keys, GError **error);

typedef struct _SobanEnvelopeReader SobanEnvelopeReader;

SobanEnvelopeReader *soban_envelope_reader_new (SobanEnvelopeFindKeys find_keys, gpointer data);
void soban_envelope_reader_free (SobanEnvelopeReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SobanEnvelopeReader, soban_envelope_reader_free)
/**
 * soban_envelope_reader_feed:
 * @plain: (inout): what could be opened is appended
 *
 * Each chunk given out is as it was sealed, but who sealed it is known only after soban_envelope_reader_finish(): read a file twice, and use
 * nothing before. Errors: of @find_keys, and FOREIGN, TOO_NEW, DAMAGED, OTHER_RECEIVER, OTHER_SENDER, TOO_LARGE of SOBAN_BUNDLE_ERROR; then the
 * reader is of no use.
 */
gboolean soban_envelope_reader_feed (SobanEnvelopeReader *reader, const guint8 *data, gsize length, GByteArray *plain, GError **error);
/* The file has ended: is it whole, and signed by its sender? Errors: as feed(), and CUT. */
gboolean soban_envelope_reader_finish (SobanEnvelopeReader *reader, GError **error);
/* (transfer none) (nullable): NULL until it has come. */
const SobanEnvelopeHead *soban_envelope_reader_get_head (const SobanEnvelopeReader *reader);
