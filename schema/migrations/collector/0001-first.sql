-- SPDX-License-Identifier: GPL-3.0-or-later
-- The collector's first schema. Immutable once released: later needs get a later file.
-- 64-bit unsigned values (incarnation, stamps) are stored as the signed integer with the same bits.

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Who may speak. token_hash: SHA-256 of the bearer token; NULL while an enrolment code waits to be used.
CREATE TABLE device (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  home_scope TEXT NOT NULL,
  token_hash BLOB UNIQUE,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  synced_ms INTEGER,
  program TEXT NOT NULL DEFAULT '',
  clock_error_ms INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE device_scope (
  device INTEGER NOT NULL REFERENCES device (number),
  scope TEXT NOT NULL,
  PRIMARY KEY (device, scope)
) WITHOUT ROWID;

-- One-time enrolment codes; secret_hash: SHA-256 of the secret part.
CREATE TABLE enrolment_code (
  secret_hash BLOB PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device (number),
  expires_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE user (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- high_number: every change of this incarnation up to here is in the log, without a gap.
CREATE TABLE incarnation (
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  high_number INTEGER NOT NULL,
  last_stamp INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation)
) WITHOUT ROWID;

-- last_number: given inside the writing transaction, so numbers are contiguous and become visible in order.
CREATE TABLE scope (
  uid TEXT PRIMARY KEY,
  last_number INTEGER NOT NULL
) WITHOUT ROWID;

-- The log. Append-only. body: the change with its effective stamp; provisional: the stamp it came with; hash: of the
-- change as sent, without its stamp.
CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  number INTEGER NOT NULL,
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  change_number INTEGER NOT NULL,
  record BLOB NOT NULL,
  stamp INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  admitted_ms INTEGER NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL
);
CREATE UNIQUE INDEX change_by_scope ON change (scope, number);
CREATE UNIQUE INDEX change_by_sender ON change (device, incarnation, change_number);
CREATE INDEX change_by_record ON change (record);

-- The other content that came under a number already given (two devices that think they are one): kept aside, for the officer.
CREATE TABLE fork (
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  change_number INTEGER NOT NULL,
  hash BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (device, incarnation, change_number, hash)
);

-- What the log merges to. From title on everything is derived and can be thrown away and made again; stale = 1: to be derived.
CREATE TABLE record (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  state BLOB NOT NULL,
  stale INTEGER NOT NULL DEFAULT 1,
  title TEXT NOT NULL DEFAULT '',
  date TEXT NOT NULL DEFAULT '',
  unit TEXT NOT NULL DEFAULT '',
  needs_look INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX record_stale ON record (row) WHERE stale = 1;
CREATE INDEX record_by_form ON record (form, date);
CREATE INDEX record_needs_look ON record (row) WHERE needs_look = 1 AND deleted = 0;

-- What living records give to the indicators. unit: the fact's own, else its record's scope.
CREATE TABLE fact (
  record INTEGER NOT NULL REFERENCES record (row),
  indicator TEXT NOT NULL,
  unit TEXT NOT NULL,
  date TEXT NOT NULL,
  value REAL NOT NULL
);
CREATE INDEX fact_by_record ON fact (record);
CREATE INDEX fact_by_indicator ON fact (indicator, unit, date, value, record);

CREATE VIRTUAL TABLE record_text USING fts5 (text, tokenize = "unicode61 remove_diacritics 0");
