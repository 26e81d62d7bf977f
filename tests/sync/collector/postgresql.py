# SPDX-License-Identifier: GPL-3.0-or-later
"""A schema of its own in the tests' PostgreSQL (SOBAN_TEST_POSTGRESQL, tests/support/postgresql.sh), gone at the end."""

import os
import subprocess
import uuid

ADDRESS = os.environ.get("SOBAN_TEST_POSTGRESQL", "")
WHY_NOT = "there is no PostgreSQL: SOBAN_TEST_POSTGRESQL is not set"


def psql(address, sql):
    done = subprocess.run(["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", address, "-c", sql], capture_output=True, text=True,
                          check=False, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


class Schema:
    """`with Schema() as address`"""

    def __enter__(self):
        self.name = "soban_test_" + uuid.uuid4().hex
        psql(ADDRESS, f"CREATE SCHEMA {self.name}")
        return f"{ADDRESS}{'&' if '?' in ADDRESS else '?'}options=-csearch_path%3D{self.name}"

    def __exit__(self, *_):
        psql(ADDRESS, f"DROP SCHEMA {self.name} CASCADE")
