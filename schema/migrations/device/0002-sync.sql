-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 2: what protocol 1.1 needs (sync/README.md). store/migrate-sync.c fills in chains and digests of what is there already.

-- `chain`, `acked_chain`: the hash chain at last_number and at acked_number. `boottime_ms`: the last reading of CLOCK_BOOTTIME in the
-- present boot. `window_ms`: of records that are older only registries are kept; 0 = everything.
ALTER TABLE identity ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN acked_chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN boottime_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN collector_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN window_ms INTEGER NOT NULL DEFAULT 0;

-- `page`, `page_top`: in the middle of a snapshot. `former`: enrolled to once; kept for what is still edited there.
ALTER TABLE scope ADD COLUMN page BLOB;
ALTER TABLE scope ADD COLUMN page_top INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scope ADD COLUMN former INTEGER NOT NULL DEFAULT 0;

-- `recorded_ms`, `time_quality`: when they are known better than by `body`. `chain`: of an own change, the hash chain after it.
ALTER TABLE change ADD COLUMN recorded_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN time_quality INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;

-- 16 bytes: what the record gives to the sums.
ALTER TABLE record ADD COLUMN digest BLOB NOT NULL DEFAULT x'';

-- The sums of the records' digests, mod 2^128.
CREATE TABLE digest (
  scope TEXT NOT NULL,
  form TEXT NOT NULL,
  month INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (scope, form, month)
) WITHOUT ROWID;

-- What tells how wrong a clock was: of this tablet under device 0, incarnation 0, of the senders of what is to be relayed under theirs.
CREATE TABLE boot (
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  place INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  first_number INTEGER NOT NULL,
  boottime_ms INTEGER NOT NULL,
  ran_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation, place)
) WITHOUT ROWID;

CREATE TABLE anchor (
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  place INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  boottime_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  true_ms INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation, place)
) WITHOUT ROWID;

-- Others' changes that came by bundle and have no number of their scope yet. `tried`: a round has taken it along.
CREATE TABLE relay (
  device INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  number INTEGER NOT NULL,
  record BLOB NOT NULL,
  tried INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation, number)
) WITHOUT ROWID;
CREATE INDEX relay_record ON relay (record);

-- Own changes with a receipt whose number of their scope is not known yet.
CREATE TABLE unplaced (
  number INTEGER NOT NULL PRIMARY KEY,
  record BLOB NOT NULL
);

-- Records that were erased by law while changes of them waited here: these lose their values when they have a number.
CREATE TABLE erasure (
  record BLOB NOT NULL PRIMARY KEY
) WITHOUT ROWID;
