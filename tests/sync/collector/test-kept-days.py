#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far back a tablet keeps activities: said at its enrolment, by file and by code, told to it, and done by it (PROTOCOL 8)."""

import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from served import ENV, SYNC, Served  # noqa: E402
from tap import BUILD, Tap  # noqa: E402

SCOPE = "02947"
CLOCK_LIBRARY = BUILD / "tests" / "sync" / "collector" / "libclock-file.so"
DAY_S = 24 * 60 * 60


class Tablet:
    def __init__(self, served, folder, name):
        self.served, self.name = served, name
        self.store, self.file = folder / (name + ".db"), folder / (name + ".enrolment")

    def run(self, verb, *arguments, days_ago=0):
        env = ENV
        if days_ago:
            clock = self.store.with_suffix(".clock")
            clock.write_text(str(-days_ago * DAY_S), encoding="ascii")
            env = dict(ENV, LD_PRELOAD=str(CLOCK_LIBRARY), SOBAN_CLOCK_FILE=str(clock))
        done = subprocess.run([str(SYNC), verb, "--store", str(self.store), *map(str, arguments)], env=env, capture_output=True, text=True,
                              check=False, timeout=60)
        assert done.returncode == 0, f"{self.name}: {verb}: {done.stdout}{done.stderr}"
        return done.stdout

    def enrol(self, *options):
        done = self.served.run("enrol", "--name", self.name, "--scope", SCOPE, *options, "--output", self.file)
        assert done.returncode == 0, done.stderr
        self.run("enrol", self.file)
        return self

    def enrol_by_code(self, *options):
        done = self.served.run("enrol", "--name", self.name, "--scope", SCOPE, *options, "--code")
        code = re.search(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b", done.stdout).group(0)
        self.run("enrol", "--address", f"localhost:{self.served.port}", "--code", code)
        return self

    def enrol_as_of_old(self):
        """With the file that an older collector would have written."""
        self.enrol()
        lines = [line for line in self.file.read_text(encoding="utf-8").splitlines() if not line.startswith("keep_days=")]
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.run("enrol", self.file)
        return self

    def add(self, form, *fields, days_ago=0):
        options = [word for field in (f"commune_id={SCOPE}@2025-07-01", *fields) for word in ("--field", field)]
        self.run("add", form, "--as-is", *options, days_ago=days_ago)

    def held(self):
        """After two syncs: the first tells the tablet what time it is."""
        self.run("sync")
        self.run("sync")
        self.run("check")
        with closing(sqlite3.connect(self.store)) as connection:
            return tuple(connection.execute("SELECT count(*) FROM record WHERE form = ?", (form,)).fetchone()[0]
                         for form in ("communication_session", "communication_team"))


def write(served, folder):
    writer = Tablet(served, folder, "writer").enrol("--keep-days", "0")
    for days_ago in (200, 70, 0):
        writer.add("communication_session", f"total={days_ago}", days_ago=days_ago)
    older = Tablet(served, folder, "older")
    older.add("communication_team", "name=Tổ truyền thông Nà Lùng", "status=active", days_ago=400)
    older.enrol("--keep-days", "0").held()
    return writer.held()


def check_refused(tap, served):
    for days in ("29", "36501", "-1", "many"):
        done = served.run("enrol", "--name", "x", "--scope", SCOPE, "--keep-days", days, "--output", "-")
        tap.check(done.returncode == 2 and "keep" in done.stderr, f"--keep-days {days} is refused", done.stderr)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        served = Served(folder)
        served.start()
        try:
            check_refused(tap, served)
            held = write(served, folder)
            tap.check(held == (3, 1), "with --keep-days 0 all is kept, of one's own, too", str(held))
            held = Tablet(served, folder, "thirty").enrol_by_code("--keep-days", "30").held()
            tap.check(held == (1, 1), "told 30 days by its code a tablet keeps them, and all registries", str(held))
            default = Tablet(served, folder, "default").enrol()
            held = default.held()
            tap.check(held == (2, 1), "told nothing else a tablet keeps 90 days", str(held))
            held = Tablet(served, folder, "of old").enrol_as_of_old().held()
            tap.check(held == (3, 1), "a file that says nothing lets nothing go", str(held))
            held = default.enrol("--keep-days", "365").held()
            tap.check(held == (3, 1), "told more at another enrolment a tablet takes it all in again", str(held))
            page = served.ask("/devices?lang=en")[1].decode()
            shown = [re.search(rf">{device}<.*?</tr>", page, re.S) for device in ("thirty", "of old", "writer")]
            tap.check([told in row.group(0) for row, told in zip(shown, (">30 days<", ">90 days<", ">all<"))] == [True] * 3,
                      "the officer sees how far back each keeps", page)
            done = served.run("check")
            tap.check(done.returncode == 0, "the collector is sound", done.stdout + done.stderr)
        finally:
            served.end()
    tap.done()


main()
