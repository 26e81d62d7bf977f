# SPDX-License-Identifier: GPL-3.0-or-later
"""Tablets, a stick and a collector, all real: what the tests of bundles are made of."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "collector"))
from served import ENV, SYNC, Served  # noqa: E402
from tap import BUILD  # noqa: E402

FAULT_LIBRARY = BUILD / "tests" / "sync" / "bundles" / "libfault-file.so"
SCOPE = "02947"
STATE_OF_ALL = "SELECT hex (id), hex (state) FROM record ORDER BY id"


def sanitized():
    """A sanitizer's own library has to come first, and none of its programs takes another one before it."""
    linked = subprocess.run(["ldd", str(SYNC)], capture_output=True, text=True, check=False).stdout
    return "libasan" in linked or "libtsan" in linked


def states(database):
    """Every record's packed state: what a digest is made of."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(STATE_OF_ALL).fetchall()


class Tablet:
    def __init__(self, folder, name):
        self.name = name
        self.store = Path(folder) / f"{name}.db"
        self.wall_offset_ms = 0

    def copy(self, name):
        """Another tablet with the same disk."""
        other = Tablet(self.store.parent, name)
        for suffix in ("", "-wal", "-shm"):
            if Path(str(self.store) + suffix).exists():
                shutil.copy(str(self.store) + suffix, str(other.store) + suffix)
        return other

    def try_run(self, verb, *arguments, fault=None):
        environment = dict(ENV, SOBAN_TEST_WALL_OFFSET_MS=str(self.wall_offset_ms))
        if fault is not None:
            environment.update(fault, LD_PRELOAD=str(FAULT_LIBRARY))
        return subprocess.run([str(SYNC), verb, "--store", str(self.store), *map(str, arguments)], env=environment, capture_output=True,
                              text=True, check=False, timeout=120)

    def run(self, verb, *arguments):
        done = self.try_run(verb, *arguments)
        if done.returncode != 0:
            raise AssertionError(f"{self.name}: soban-sync {verb} {arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def enrol(self, served):
        file = self.store.with_suffix(".enrolment")
        done = served.run("enrol", "--name", self.name, "--scope", SCOPE, "--output", file)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        self.run("enrol", file)
        return self

    def add(self, title):
        return self.run("add", "event", "--as-is", "--field", f"title={title}", "--field", "activity_date=2025-11-03").split()[-1]

    def edit(self, record, path, value):
        self.run("edit", record, "--as-is", "--field", f"{path}={value}")

    def value(self, record, path):
        return json.loads(self.run("show", record, "--json"))["fields"].get(path)

    def status(self):
        return json.loads(self.run("status", "--json"))

    def waiting(self):
        return self.status()["waiting"]

    def titles(self):
        return sorted(self.value(row["id"], "title") for row in json.loads(self.run("list", "--json")) if row["form"] == "event")

    def is_sound(self):
        return self.try_run("check").returncode == 0


def take_in(served, file, *arguments, fault=None):
    """soban-collector import-bundle."""
    environment = dict(ENV)
    if fault is not None:
        environment.update(fault, LD_PRELOAD=str(FAULT_LIBRARY))
    return subprocess.run([str(BUILD / "sync" / "collector" / "soban-collector"), "import-bundle", "--dir", str(served.folder), str(file),
                           *map(str, arguments)], env=environment, capture_output=True, text=True, check=False, timeout=120)


def bundles(folder):
    """The names in a folder, temporary ones, too."""
    return sorted(os.listdir(folder))


def newest(folder, part):
    """The file written last whose name holds @part."""
    return max((path for path in Path(folder).iterdir() if part in path.name), key=lambda path: path.stat().st_mtime_ns)


def met(folder, *names):
    """A served collector and tablets that have met it once."""
    served = Served(folder)
    if served.init.returncode != 0:
        raise AssertionError(served.init.stderr)
    served.start()
    tablets = [Tablet(folder, name).enrol(served) for name in names]
    for tablet in tablets:
        tablet.run("sync")
    return served, tablets
