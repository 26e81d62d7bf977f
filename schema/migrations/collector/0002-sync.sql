-- SPDX-License-Identifier: GPL-3.0-or-later
-- Protocol 1.1: chains, digests, conflicts, incidents, floors of communes. What is computed (chains, digests) is filled in by
-- collector-migration.c in the same transaction. Immutable once released. PostgreSQL's is postgresql/0002-first.sql.

-- chain: of the author, after the change (sync/README.md 4.8). relayed_by: the device that brought it, 0: its author itself.
-- marked: 1 where an incident goes with it.
ALTER TABLE change ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN relayed_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;

-- chain: after high_number.
ALTER TABLE incarnation ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;

-- floor: below it a cursor gets pages of winners (5.9). last_stamp: the greatest effective stamp admitted here.
ALTER TABLE scope ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scope ADD COLUMN last_stamp INTEGER NOT NULL DEFAULT 0;
UPDATE scope SET last_stamp = coalesce ((SELECT max (stamp) FROM change WHERE change.scope = scope.uid), 0);
DELETE FROM setting WHERE key = 'last-stamp';

-- dropped_ms: the device was enrolled to the commune once; what it still sends of it is kept and marked.
ALTER TABLE device_scope ADD COLUMN dropped_ms INTEGER;

-- digest: what the record gives to the digest of its commune (4.10). stale = 2: it cannot be derived, an incident says why.
ALTER TABLE record ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
CREATE INDEX record_by_scope ON record (scope, id);
CREATE INDEX record_stale_by_form ON record (form, row) WHERE stale = 1;

-- The sums of record.digest: month is year * 12 + (0..11) of the records' ids, in UTC.
CREATE TABLE digest (
  scope TEXT NOT NULL,
  form TEXT NOT NULL,
  month INTEGER NOT NULL,
  sum BLOB NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (scope, form, month)
) WITHOUT ROWID;

-- Two writes to one field whose authors did not know of each other. scope_number: of the later one.
CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  record BLOB NOT NULL,
  scope TEXT NOT NULL,
  path TEXT NOT NULL,
  winner_device INTEGER NOT NULL,
  winner_incarnation INTEGER NOT NULL,
  winner_number INTEGER NOT NULL,
  loser_device INTEGER NOT NULL,
  loser_incarnation INTEGER NOT NULL,
  loser_number INTEGER NOT NULL,
  scope_number INTEGER NOT NULL,
  listed_ms INTEGER NOT NULL,
  settled_ms INTEGER
);
CREATE UNIQUE INDEX conflict_once ON conflict (record, path, winner_device, winner_incarnation, winner_number, loser_device,
  loser_incarnation, loser_number);
CREATE INDEX conflict_open ON conflict (listed_ms, id) WHERE settled_ms IS NULL;

-- What an officer should know of. device: 0 for none; scope: '' for none; record: no bytes for none.
CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  device INTEGER NOT NULL,
  scope TEXT NOT NULL,
  record BLOB NOT NULL,
  detail TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  settled_ms INTEGER
);
CREATE UNIQUE INDEX incident_once ON incident (kind, device, scope, record, detail) WHERE settled_ms IS NULL;
CREATE INDEX incident_open ON incident (at_ms, id) WHERE settled_ms IS NULL;

-- Records erased by law: values gone, tombstone kept. number: of the scope, of the change that erased it.
CREATE TABLE erasure (
  record BLOB PRIMARY KEY,
  scope TEXT NOT NULL,
  number INTEGER NOT NULL,
  erased_ms INTEGER NOT NULL,
  reason TEXT NOT NULL
) WITHOUT ROWID;
