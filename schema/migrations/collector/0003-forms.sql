-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 3: forms that are published here (sync/README.md 4.6a). A version never changes; it can be withdrawn.

-- `roles`, `scopes`: who gets it: between blanks, one before the first and after the last; '' = everybody.
CREATE TABLE form (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  published_ms INTEGER NOT NULL,
  withdrawn_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, version)
) WITHOUT ROWID;

CREATE TABLE form_file (
  form TEXT NOT NULL,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (form, version, name)
) WITHOUT ROWID;

-- The XForms and their files, each once.
CREATE TABLE form_content (
  sha256 BLOB NOT NULL PRIMARY KEY,
  content BLOB NOT NULL
);
