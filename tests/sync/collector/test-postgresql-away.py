#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real collector while its PostgreSQL goes away and comes back: tablets are told to come again, then all goes on by itself."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from served import ENV, SYNC, Served  # noqa: E402
from tap import SOURCE, Tap  # noqa: E402

NOT_NOW = 4
PATIENCE_SECONDS = 60


def control(*arguments):
    return subprocess.run(["sh", str(SOURCE / "tests" / "support" / "postgresql.sh"), *arguments], capture_output=True, text=True, check=False)


def tool(store, verb, *arguments, text=None):
    return subprocess.run([str(SYNC), verb, "--store", str(store), *map(str, arguments)], env=ENV, capture_output=True, text=True, input=text,
                          check=False, timeout=120)


def add(store, count):
    lines = "".join(json.dumps({"form": "training", "fields": {"program": "women_cadres", "total": 1, "activity_date": "2026-03-05"}}) + "\n"
                    for _ in range(count))
    return tool(store, "add", "--batch", "-", "--as-is", text=lines)


def sync_until_done(store):
    end = time.monotonic() + PATIENCE_SECONDS
    done = tool(store, "sync")
    while done.returncode == NOT_NOW and time.monotonic() < end:
        done = tool(store, "sync")
    return done


def run(tap, database, folder):
    served = Served(folder, f"postgresql:///postgres?host={database}&user=postgres")
    tap.check(served.init.returncode == 0, "init", served.init.stderr)
    file, store = Path(folder) / "enrolment", Path(folder) / "tablet.db"
    served.start()
    try:
        done = served.run("enrol", "--name", "tablet", "--scope", "02947", "--output", file)
        done = tool(store, "enrol", file) if done.returncode == 0 else done
        tap.check(done.returncode == 0, "a tablet enrols", done.stderr)
        sent = add(store, 5), tool(store, "sync")
        tap.check(sent[1].returncode == 0, "and sends", sent[1].stderr)
        control("halt", database)
        add(store, 5)
        away = tool(store, "sync")
        tap.check(away.returncode == NOT_NOW, "without the database it is told to come again", f"{away.returncode} {away.stderr}")
        control("resume", database)
        again = sync_until_done(store)
        tap.check(again.returncode == 0, "when it is back the tablet sends", again.stderr + served.log())
        status, page, _ = served.ask("/records")
        tap.check(status == 200 and page.count(b'href="/record/') == 10, "the pages are back, with all records", str(status))
        sound = served.run("check")
        tap.check(sound.returncode == 0, "the data is sound", sound.stdout + sound.stderr)
    finally:
        tap.check(served.end() == 0, "SIGTERM ends it cleanly")


def main():
    tap = Tap()
    database = control("start")
    if database.returncode != 0:
        tap.skip("a PostgreSQL that goes away", "none can be started: " + database.stderr.strip().replace("\n", " "))
        tap.done()
    try:
        with tempfile.TemporaryDirectory(prefix="soban-away-") as folder:
            run(tap, database.stdout.strip(), folder)
    finally:
        control("stop", database.stdout.strip())
    tap.done()


main()
