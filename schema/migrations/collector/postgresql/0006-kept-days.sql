-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 6: how many days back a tablet keeps activities, as it is told at its enrolment; 0 = all of them, as all were told before.

ALTER TABLE device ADD COLUMN kept_days BIGINT NOT NULL DEFAULT 0;
