-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 4: attachments: files that belong to answers (sync/README.md 11). attachment_use of what is there already is filled in by
-- collector-migration.c in the same transaction.

-- `name`: SHA-256 and extension. `bytes`: as the tablet said; `have` of them are here. `received_ms`: when it was whole and had its hash; NULL: not
-- yet. `device`: who began to send it.
CREATE TABLE attachment (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  have INTEGER NOT NULL,
  device INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  received_ms INTEGER
);
CREATE INDEX attachment_by_device ON attachment (device);
CREATE INDEX attachment_unfinished ON attachment (changed_ms) WHERE received_ms IS NULL;

-- Without a gap from 0 on.
CREATE TABLE attachment_chunk (
  attachment INTEGER NOT NULL REFERENCES attachment (id),
  start INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (attachment, start)
);

-- Which records have named it in their log, whether it has come or not.
CREATE TABLE attachment_use (
  name TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (name, record)
) WITHOUT ROWID;
CREATE INDEX attachment_use_by_record ON attachment_use (record);
