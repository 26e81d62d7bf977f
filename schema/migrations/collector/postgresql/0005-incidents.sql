-- SPDX-License-Identifier: GPL-3.0-or-later
-- Version 5: an officer settles incidents (settled_ms). `note`: what was found or done, as the officer wrote it.

ALTER TABLE incident ADD COLUMN note TEXT NOT NULL DEFAULT '';
