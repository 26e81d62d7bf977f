-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 3: forms that are published here (../0003-forms.sql says what each column is).

CREATE TABLE form (
  id TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  bytes BIGINT NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  published_ms BIGINT NOT NULL,
  withdrawn_ms BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id, version)
);

CREATE TABLE form_file (
  form TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  sha256 BYTEA NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (form, version, name)
);

CREATE TABLE form_content (
  sha256 BYTEA PRIMARY KEY,
  content BYTEA NOT NULL
);
ALTER TABLE form_content ALTER COLUMN content SET STORAGE EXTERNAL;
