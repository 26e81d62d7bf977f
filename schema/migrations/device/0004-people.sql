-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 4: several people write on one tablet.

-- Who writes it; '' = nobody was named.
ALTER TABLE draft ADD COLUMN person TEXT NOT NULL DEFAULT '';

-- The record of a form that a person made last, for the next one to begin with.
CREATE TABLE latest (
  person TEXT NOT NULL,
  form TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (person, form)
) WITHOUT ROWID;
