-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 5: files that belong to answers (store/attachment-store.c).

-- `name`: SHA-256 and extension (base/attachment-name.h). `received`: the collector has it whole and has compared it with its name.
CREATE TABLE attachment (
  key INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  received INTEGER NOT NULL
);
CREATE INDEX attachment_waiting ON attachment (key) WHERE received = 0;

-- Its content, without a gap from 0 on.
CREATE TABLE attachment_chunk (
  attachment INTEGER NOT NULL,
  start INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (attachment, start)
);

-- Which records have named it in their log, whether it is here or on another tablet.
CREATE TABLE attachment_use (
  name TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (name, record)
) WITHOUT ROWID;
CREATE INDEX attachment_use_record ON attachment_use (record);
