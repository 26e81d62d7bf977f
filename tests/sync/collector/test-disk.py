#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real collector on a disk that takes nothing for a while, and put back to an older copy: no tablet loses a record."""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from served import ENV, SYNC, Served  # noqa: E402
from tap import Tap  # noqa: E402

NOT_NOW = 4
RECORDS = 5


def run(store, verb, *arguments):
    return subprocess.run([str(SYNC), verb, "--store", str(store), *map(str, arguments)], env=ENV, capture_output=True, text=True, check=False,
                          timeout=120)


def add(store, count):
    for number in range(count):
        done = run(store, "add", "event", "--as-is", "--field", f"title=Event {number}", "--field", "activity_date=2025-11-03")
        if done.returncode != 0:
            raise AssertionError(done.stderr)


def status(store):
    return json.loads(run(store, "status", "--json").stdout)


def count_records(store):
    return len(json.loads(run(store, "list", "--json").stdout))


def enrol(served, folder, name):
    file, store = Path(folder) / (name + ".enrolment"), Path(folder) / (name + ".db")
    done = served.run("enrol", "--name", name, "--scope", "02947", "--output", file)
    taken = run(store, "enrol", file)
    if done.returncode != 0 or taken.returncode != 0:
        raise AssertionError(done.stderr + taken.stderr)
    return store


def check_failing_disk(tap, served, store):
    add(store, RECORDS)
    process = served.process.pid
    free = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, free[1]))
    for attempt in ("first", "second"):
        done = run(store, "sync")
        now = status(store)
        tap.check(done.returncode == NOT_NOW and now["acked_number"] == 0 and now["waiting"] == RECORDS,
                  f"a disk that takes nothing: {attempt} try again later, nothing is confirmed", f"{done.returncode} {done.stderr} {now}")
    tap.check(served.process.poll() is None and served.ask("/v1/key", user=None)[0] == 200, "the collector lives on")
    resource.prlimit(process, resource.RLIMIT_FSIZE, free)
    done = run(store, "sync")
    tap.check(done.returncode == 0 and status(store)["waiting"] == 0, "with room on the disk all is taken", done.stderr)
    found = served.run("check")
    tap.check(found.returncode == 0, "and the data is sound", found.stdout + found.stderr)


def check_set_back(tap, served, folder, first, second):
    """sync/README.md 5.6"""
    served.end()
    backup = Path(folder) / "backup.db"
    shutil.copy(served.folder / "collector.db", backup)
    served.start()
    add(first, 2)
    run(first, "sync")
    add(second, 3)
    run(second, "sync")
    run(first, "sync")
    before = count_records(first), count_records(second)
    served.end()
    for file in served.folder.glob("collector.db*"):
        file.unlink()
    shutil.copy(backup, served.folder / "collector.db")
    served.start()
    for store in (first, second, first, second):
        done = run(store, "sync")
        tap.check(done.returncode == 0, "a tablet syncs with a collector that was set back", done.stderr)
    for store, count in zip((first, second), before):
        sound = run(store, "check")
        tap.check(status(store)["waiting"] == 0 and count_records(store) == count and sound.returncode == 0, "and has what it had",
                  sound.stdout + sound.stderr)
    tap.check(before == (RECORDS + 5, RECORDS + 5), "which was all of it", str(before))
    third = enrol(served, folder, "third")
    run(third, "sync")
    tap.check(count_records(third) == RECORDS + 5, "the collector has got everything again, once", str(count_records(third)))
    found = served.run("check")
    tap.check(found.returncode == 0, "and is sound", found.stdout + found.stderr)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="soban-disk-") as folder:
        served = Served(folder)
        # SIGXFSZ stays ignored, as Python has it: a write beyond the limit then fails as one on a broken disk does.
        served.start(restore_signals=False)
        try:
            first, second = enrol(served, folder, "first"), enrol(served, folder, "second")
            check_failing_disk(tap, served, first)
            check_set_back(tap, served, folder, first, second)
        finally:
            served.end()
    tap.done()


main()
