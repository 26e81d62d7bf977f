-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 3: forms that the collector publishes (sync/README.md 4.6a). Their XForms stand in the table form.

-- Versions that came whole. `offered`: for new records; else they are kept for those that were made with them.
CREATE TABLE form_offer (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  offered INTEGER NOT NULL,
  PRIMARY KEY (id, version)
) WITHOUT ROWID;

CREATE TABLE form_file (
  form TEXT NOT NULL,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (form, version, name)
) WITHOUT ROWID;

-- Contents of files, and of XForms until their version is whole: whole, of their hash.
CREATE TABLE form_content (
  sha256 BLOB NOT NULL PRIMARY KEY,
  content BLOB NOT NULL
);

-- What has come of a content that is not whole: without a gap from 0 on.
CREATE TABLE form_piece (
  sha256 BLOB NOT NULL,
  start INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (sha256, start)
);
