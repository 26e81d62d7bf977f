#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs after what goes wrong for good: an older copy of the collector put back and passed again, a record erased by law, a tablet
that comes when the log has become pages."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from served import ENV, SYNC, Served  # noqa: E402
from tap import Tap  # noqa: E402

SCOPE = "02947"
SECRET = "Hội trường bí mật"
SECRET_IN_BACKUP = "Lý Mẩy, sinh năm 1990"


def run(store, verb, *arguments, text=None):
    done = subprocess.run([str(SYNC), verb, "--store", str(store), *map(str, arguments)], env=ENV, capture_output=True, text=True, check=False,
                          input=text, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{store.name} {verb}: {done.stderr}")
    return done.stdout


class Tablet:
    def __init__(self, served, folder, name):
        self.store = folder / (name + ".db")
        file = folder / (name + ".enrolment")
        done = served.run("enrol", "--name", name, "--scope", SCOPE, "--output", file)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        run(self.store, "enrol", file)

    def add(self, *titles):
        lines = "".join(json.dumps({"form": "event", "fields": {"title": title, "activity_date": "2026-11-01"}}) + "\n" for title in titles)
        return run(self.store, "add", "--batch", "-", "--as-is", text=lines).split()

    def sync(self):
        return run(self.store, "sync")

    def records(self):
        return sorted((record["id"], record["title"]) for record in json.loads(run(self.store, "list", "--json")))


def settle(*tablets):
    """Everybody twice: what one repairs, the others receive."""
    for _ in range(2):
        for tablet in tablets:
            tablet.sync()


def check_passed_again(tap, served, tablets):
    first, second, third = tablets
    served.start()
    first.add(*(f"Nhà văn hoá {number}" for number in range(5)))
    settle(first, second, third)
    served.end()
    backup = served.folder / "backup.db"
    shutil.copy(served.folder / "collector.db", backup)
    served.start()
    first.add(*(f"Trường {number}" for number in range(3)))
    settle(first, second)
    served.end()
    for name in ("collector.db-wal", "collector.db-shm"):
        (served.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, served.folder / "collector.db")
    served.start()
    third.add(*(f"Chợ {number}" for number in range(10)))
    third.sync()
    tap.check(len(second.records()) == 8 and len(third.records()) == 15, "an older copy was put back, and passed again by others")
    second.sync()
    settle(second, third)
    tap.check(len(second.records()) == 18, "a tablet with a cursor that looks good finds by its digest what it lacks", len(second.records()))
    tap.check(third.records() == second.records(), "and brings back what only it still had")
    settle(first, second, third)
    tap.check(first.records() == second.records() == third.records() and len(first.records()) == 18, "all have the same in the end",
              [len(tablet.records()) for tablet in tablets])
    status, body, _ = served.ask("/incidents?lang=en")
    page = body.decode()
    tap.check(status == 200 and "showed other records than the server" in page and "knew less than a tablet" in page,
              "the officer sees both as incidents", page)


def check_erased(tap, served, tablets):
    first, second, third = tablets
    (record,) = third.add(SECRET)
    settle(*tablets)
    tap.check(any(id == record for id, _ in first.records()), "a record is on every tablet")
    done = served.run("erase", record)
    tap.check(done.returncode == 2 and "--reason" in done.stderr, "erase asks for a reason", done.stderr)
    done = served.run("erase", record, "--reason", "Quyết định 12/2026")
    tap.check(done.returncode == 0, "erase says what it has done", done.stderr)
    settle(*tablets)
    tap.check(all(record not in [id for id, _ in tablet.records()] for tablet in tablets), "it is gone from every tablet")
    status, body, _ = served.ask("/record/" + record)
    tap.check(status == 200 and SECRET not in body.decode(), "and from the pages", body.decode())
    served.end()
    tap.check(SECRET.encode() not in (served.folder / "collector.db").read_bytes(), "and from the file")
    served.start()
    done = served.run("erase", record, "--reason", "x")
    tap.check(done.returncode == 1 and "already" in done.stderr, "a second time there is nothing to erase", done.stderr)


def wait_until_gone(paths, text):
    """The running server, or nobody, takes what is left out of the files: those that still hold @text at the end of the patience."""
    deadline = time.monotonic() + 60
    while True:
        left = [path.name for path in paths() if text.encode() in path.read_bytes()]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.2)


def files_of(served):
    return lambda: [path for path in served.folder.iterdir() if path.name.startswith("collector.db")]


def files_of_tablets(tablets):
    return lambda: [path for tablet in tablets for path in tablet.store.parent.glob(tablet.store.name + "*")]


def count_incidents(served):
    return int(re.search(r'href="/incidents"[^>]*>[^<]*<span class="count">(\d+)<', served.ask("/?lang=en")[1].decode()).group(1))


def check_settled(tap, served):
    """An officer has seen to an incident: it is counted and shown no more."""
    lines = served.run("incident", "list").stdout.splitlines()
    before = count_incidents(served)
    tap.check(len(lines) == before > 0, "incident list shows what the page counts", (lines, before))
    (number,) = [line.split("\t")[0] for line in lines if "erased again" in line]
    done = served.run("incident", "settle", number, "--note", "seen on Monday")
    tap.check(done.returncode == 0 and count_incidents(served) == before - 1, "a settled incident counts no more", done.stdout + done.stderr)
    tap.check("erased again" not in served.ask("/incidents?lang=en")[1].decode() and "seen on Monday" in served.run("incident", "list", "--all").stdout,
              "and is kept with its note")
    done = served.run("incident", "settle", number)
    tap.check(done.returncode == 1 and "settled already" in done.stderr, "a second time there is nothing to settle", done.stderr)


def check_erased_and_set_back(tap, served, folder, tablets):
    """A backup that was made before an erasure gives nothing back to anybody, once one tablet has met the server that has it."""
    first, second, third = tablets
    (record,) = third.add(SECRET_IN_BACKUP)
    settle(*tablets)
    served.end()
    backup = served.folder / "backup.db"
    shutil.copy(served.folder / "collector.db", backup)
    served.start()
    done = served.run("erase", record, "--reason", "Quyết định 13/2026")
    tap.check(done.returncode == 0 and "running server" in done.stdout, "erase says who takes out the traces", done.stdout + done.stderr)
    tap.check(not (left := wait_until_gone(files_of(served), SECRET_IN_BACKUP)), "no byte of it is left in the collector's files", left)
    settle(first, third)
    tap.check(not (left := wait_until_gone(files_of_tablets((first, third)), SECRET_IN_BACKUP)), "nor in the tablets'", left)
    served.end()
    for name in ("collector.db-wal", "collector.db-shm"):
        (served.folder / name).unlink(missing_ok=True)
    backup.replace(served.folder / "collector.db")
    tap.check(SECRET_IN_BACKUP.encode() in (served.folder / "collector.db").read_bytes(), "a backup of before the erasure is put back")
    served.start()
    first.sync()
    fresh = Tablet(served, folder, "fresh")
    fresh.sync()
    tap.check(not (left := wait_until_gone(files_of_tablets((fresh, first)), SECRET_IN_BACKUP)) and record not in dict(fresh.records()),
              "a new tablet gets nothing of it after one that knows has met the server", left)
    settle(second, third, first, fresh)
    tap.check(not (left := wait_until_gone(files_of_tablets((first, second, third, fresh)), SECRET_IN_BACKUP)), "nobody has it any more", left)
    tap.check(not (left := wait_until_gone(files_of(served), SECRET_IN_BACKUP)), "nor has the collector", left)
    tap.check(all(tablet.records() == first.records() for tablet in (second, third, fresh)), "and all have the same",
              [len(tablet.records()) for tablet in (first, second, third, fresh)])
    page = served.ask("/incidents?lang=en")[1].decode()
    tap.check("erased again" in page, "the officer sees it", page)
    check_settled(tap, served)
    done = served.run("check")
    tap.check(done.returncode == 0, "the data are sound", done.stdout + done.stderr)


def check_late(tap, served, folder, tablets):
    for number in range(30):
        tablet = tablets[number % 3]
        (first_id, _), *_ = tablet.records()
        run(tablet.store, "edit", first_id, "--field", f"title=Sân đình {number}", "--as-is")
        tablet.sync()
    done = served.run("compact", "--keep-days", "0")
    tap.check(done.returncode == 0 and done.stdout.startswith("1 commune"), "compact raises the floor", done.stdout + done.stderr)
    late = Tablet(served, folder, "late")
    late.sync()
    settle(*tablets)
    tap.check(late.records() == tablets[0].records(), "who comes late has the same records", [late.records(), tablets[0].records()])
    late.add("Bến xe")
    settle(late, *tablets)
    tap.check(late.records() == tablets[0].records(), "and goes on like the others")
    done = served.run("check")
    tap.check(done.returncode == 0, "the collector's data are sound", done.stdout + done.stderr)
    run(late.store, "check")
    tap.check(True, "and the late tablet's")


def check_damaged(tap, served):
    """Whatever is broken, check says so and ends with its code: pages in the middle, the head of the file, all of it."""
    database = served.folder / "collector.db"
    whole = database.read_bytes()
    for place, length in ((4096 * 3, len(whole)), (0, 100), (4096, 4096)):
        for name in ("collector.db-wal", "collector.db-shm"):
            (served.folder / name).unlink(missing_ok=True)
        database.write_bytes((whole[:place] + b"\x5a" * min(length, len(whole) - place) + whole[place + length:])[:len(whole)])
        done = served.run("check")
        tap.check(done.returncode == 3 and done.stdout, f"check finds damage at byte {place}", f"{done.returncode} {done.stdout}{done.stderr}")
    database.write_bytes(whole)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="soban-heal-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        served = Served(folder)
        served.start()
        tablets = [Tablet(served, folder, name) for name in ("first", "second", "third")]
        served.end()
        try:
            check_passed_again(tap, served, tablets)
            check_erased(tap, served, tablets)
            check_erased_and_set_back(tap, served, folder, tablets)
            check_late(tap, served, folder, tablets)
        except AssertionError as error:
            tap.check(False, "the walk goes to its end", str(error))
        finally:
            tap.check(served.end() == 0, "the collector ends cleanly", served.log())
        check_damaged(tap, served)
    tap.done()


main()
