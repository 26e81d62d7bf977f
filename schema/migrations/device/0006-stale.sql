-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 6: what waits to be derived is found without an index, for which every pulled record paid (store/stale-queue.c).

-- `stale`: whether any record is.
ALTER TABLE derivation ADD COLUMN stale INTEGER NOT NULL DEFAULT 1;
UPDATE derivation SET stale = EXISTS (SELECT 1 FROM record WHERE stale = 1);

DROP INDEX record_stale;
