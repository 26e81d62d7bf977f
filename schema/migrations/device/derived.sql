-- SPDX-License-Identifier: GPL-3.0-or-later
-- Everything that is computed from the records and can be thrown away and made again. Not numbered: raise
-- SOBAN_DERIVED_VERSION (store/migrate.c) with every edit, then all records are derived anew.

DROP TABLE IF EXISTS summary;
DROP TABLE IF EXISTS search;
DROP TABLE IF EXISTS fact;

-- `conflict`: somebody's answer was overtaken by another who had not seen it (store/conflict.c).
-- `name`: the title without accents, which lists by name are sorted by.
-- `key`: orders the records by the day it happened, else the day it was made (store/summary-key.h). `village`, `team`: ids of registry entries, or what was written; '' = not said.
CREATE TABLE summary (
  key INTEGER NOT NULL PRIMARY KEY,
  record BLOB NOT NULL UNIQUE,
  form TEXT NOT NULL,
  registry INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  needs_look INTEGER NOT NULL,
  conflict INTEGER NOT NULL,
  title TEXT NOT NULL,
  name TEXT NOT NULL,
  date TEXT NOT NULL,
  unit TEXT NOT NULL,
  village TEXT NOT NULL,
  team TEXT NOT NULL
);
-- A list is read from its index alone.
CREATE INDEX summary_list ON summary (deleted, key, registry, date, record);
CREATE INDEX summary_name ON summary (deleted, name, title, key DESC, form, registry, date, record);
CREATE INDEX summary_form ON summary (form, deleted, key, date, record);
CREATE INDEX summary_conflict ON summary (key, record) WHERE conflict = 1;
CREATE INDEX summary_look ON summary (key, record) WHERE needs_look = 1 AND deleted = 0;

-- rowid = summary.key; the text is folded already (base/text.h). What begins like all records do is found as soon as what is rare: the
-- first letters of words have an index of their own.
CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');

CREATE TABLE fact (
  summary INTEGER NOT NULL,
  place INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  date TEXT NOT NULL,
  unit TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (summary, place)
) WITHOUT ROWID;
CREATE INDEX fact_indicator ON fact (indicator, date, summary, value);
