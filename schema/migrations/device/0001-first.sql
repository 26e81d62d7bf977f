-- SPDX-License-Identifier: GPL-3.0-or-later
-- The device store, version 1. Immutable once released: what changes comes in the next number (schema/README.md).

-- Small values under the keys of store/settings.h.
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Who this file is: one row. `stamp` is the greatest stamp given or seen (the ratchet of the hybrid clock).
CREATE TABLE identity (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  last_number INTEGER NOT NULL,
  acked_number INTEGER NOT NULL,
  stamp INTEGER NOT NULL
);

-- What this device may read and write, and how far it has pulled.
CREATE TABLE scope (
  scope TEXT NOT NULL PRIMARY KEY,
  cursor INTEGER NOT NULL
) WITHOUT ROWID;

-- Every version of a form that a record or draft refers to.
CREATE TABLE form (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  xml BLOB NOT NULL,
  PRIMARY KEY (id, version)
) WITHOUT ROWID;

-- What the log merges to: one packed state for each record (log/record-state.c). Ids grow with time, so a pull appends: to a
-- rowid table that is cheaper than to a clustered one, whose pages are balanced with their neighbours at every split.
CREATE TABLE record (
  key INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  scope TEXT NOT NULL,
  stale INTEGER NOT NULL,
  state BLOB NOT NULL
);
CREATE INDEX record_stale ON record (form) WHERE stale = 1;

-- The merge log, append-only, found by record. `stamp` is the one in force (`body` keeps the one it came with).
-- `arrived`: a number of the scope by which the collector had it; 0 = not known to be there.
CREATE TABLE change (
  record BLOB NOT NULL,
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  number INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (record, device, incarnation, number)
);

-- Own changes without a receipt.
CREATE TABLE outbox (
  number INTEGER NOT NULL PRIMARY KEY,
  record BLOB NOT NULL
);
CREATE INDEX outbox_record ON outbox (record);

-- A draft: pending answers over `base`, the record's fields when it was opened; `seen`: how far had been pulled then.
CREATE TABLE draft (
  id BLOB NOT NULL PRIMARY KEY,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  edits_record INTEGER NOT NULL,
  base BLOB NOT NULL,
  seen INTEGER NOT NULL,
  title TEXT NOT NULL,
  page TEXT,
  started_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE answer (
  draft BLOB NOT NULL,
  path TEXT NOT NULL,
  value TEXT,
  PRIMARY KEY (draft, path)
) WITHOUT ROWID;

-- What the rebuildable tables (derived.sql) were made with.
CREATE TABLE derivation (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  fingerprint TEXT NOT NULL
);
