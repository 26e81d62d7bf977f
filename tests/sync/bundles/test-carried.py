#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tablet, stick, collector, receipt, tablet (sync/README.md 10), with the real programs: also twice, late, at the wrong tablet, of a lost one."""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from carried import SCOPE, Tablet, bundles, met, newest, states, take_in  # noqa: E402
from tap import Tap  # noqa: E402

RECORDS = 1000
BYTES_A_RECORD_MAX = 60
MANY = 6000
WRONG_CLOCK_MS = 9 * 365 * 24 * 3600 * 1000
LATER, FAILED = 4, 1

tap = Tap()


def stick(folder, name):
    path = Path(folder) / name
    path.mkdir()
    return path


def record_a_month(tablet, count):
    lines = [json.dumps({"form": "communication_session", "fields": {"activity_date": f"2025-11-{1 + n % 28:02}", "difficulty": f"Họp thôn lần {n}",
                                                     "total": 20 + n % 17, "female": 10 + n % 9}}) for n in range(count)]
    file = tablet.store.with_suffix(".batch")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tablet.run("add", "--batch", file, "--as-is")


def check_there_and_back(folder):
    served, (tablet, other) = met(folder, "a", "b")
    other.add("from the other tablet")
    other.run("sync")
    record_a_month(tablet, RECORDS)
    place = stick(folder, "stick")
    told = tablet.run("export-bundle", place)
    file = newest(place, "soban-1-")
    tap.check(f"{RECORDS:,}" in told and bundles(place) == [file.name] and file.name.startswith("soban-1-") and tablet.waiting() == RECORDS,
              "what waits is in a file that people can name, and waits on", told + str(bundles(place)))
    size = file.stat().st_size
    tap.check(size < RECORDS * BYTES_A_RECORD_MAX, f"a record takes {size / RECORDS:.1f} bytes of {BYTES_A_RECORD_MAX}")

    done = take_in(served, file, "--receipt", place)
    receipt = newest(place, "-receipt")
    tap.check(done.returncode == 0 and f"{RECORDS:,} new changes" in done.stdout and receipt.name == file.stem + "-receipt.soban",
              "the collector takes it in beside a running server and writes a receipt", done.stdout + done.stderr)
    told = tablet.run("import-bundle", receipt)
    tap.check(tablet.waiting() == 0 and f"{RECORDS:,} more" in told and "from the other tablet" in tablet.titles() and tablet.is_sound(),
              "the receipt: nothing waits any more, the other's record is here", told)
    tap.check(states(tablet.store) == states(served.folder / "collector.db"), "tablet and collector have equal records")
    tablet_report = {row["indicator"]: row["sum"] for row in json.loads(tablet.run("report", "--json"))}
    report = json.loads(served.run("report", "--period", "all", "--json").stdout)["indicators"]
    tap.check(all(row["sum"] == tablet_report.get(row["indicator"], 0) for row in report) and any(row["sum"] for row in report),
              "tablet and collector have equal sums", f"{tablet_report} {report}")
    check_again(served, tablet, other, place, file, receipt)
    tap.check(served.run("check").returncode == 0, "the collector's data are sound", served.run("check").stdout)
    served.end()


def check_again(served, tablet, other, place, file, receipt):
    done = take_in(served, file, "--receipt", place)
    tap.check(done.returncode == 0 and "nothing new is in it" in done.stdout, "the same bundle twice is harmless", done.stdout + done.stderr)
    told = tablet.run("import-bundle", receipt)
    tap.check("nothing new in them" in told and tablet.waiting() == 0, "the same receipt twice is harmless", told)
    done = other.try_run("import-bundle", receipt)
    tap.check(done.returncode == FAILED and "not for this tablet" in done.stderr, "another tablet does not take the receipt", done.stderr)
    done = tablet.try_run("import-bundle", file)
    tap.check(done.returncode == FAILED and "not for this tablet" in done.stderr, "the tablet does not take its own file", done.stderr)
    done = take_in(served, receipt)
    tap.check(done.returncode == FAILED and "for a tablet" in done.stderr, "the collector does not take its own receipt", done.stderr)
    tablet.run("sync")
    told = tablet.run("import-bundle", receipt)
    tap.check("nothing new in them" in told and tablet.waiting() == 0 and tablet.is_sound(), "a receipt that a sync has overtaken is harmless", told)
    told = tablet.run("export-bundle", place)
    tap.check("nothing waits here" in told, "a file without changes is called one", told)
    done = take_in(served, newest(place, "soban-1-"), "--receipt", place / "answer.soban")
    tap.check(done.returncode == 0 and (place / "answer.soban").exists(), "a file without changes asks only for what others sent", done.stderr)
    done = take_in(served, newest(place, "soban-1-"), "--receipt", place / "answer.soban")
    tap.check(done.returncode == FAILED and "answer.soban" in done.stderr, "a file that is there is never replaced", done.stderr)


def check_receipt_late(folder):
    """The receipt comes after the tablet has gone on, half of it over the network."""
    served, (tablet,) = met(folder, "a")
    place = stick(folder, "stick")
    for number in range(3):
        tablet.add(f"first {number}")
    tablet.run("export-bundle", place)
    take_in(served, newest(place, "soban-1-"), "--receipt", place)
    tablet.add("recorded meanwhile")
    tablet.run("import-bundle", newest(place, "-receipt"))
    tap.check(tablet.waiting() == 1, "a receipt confirms what it names, and nothing that came after")
    older = newest(place, "-receipt")
    tablet.run("sync")
    tablet.add("after the sync")
    tablet.run("import-bundle", older)
    tap.check(tablet.waiting() == 1 and tablet.is_sound(), "an old receipt after a sync confirms nothing more")
    tablet.run("sync")
    tap.check(states(tablet.store) == states(served.folder / "collector.db"), "equal records in the end")
    served.end()


def check_bundle_late(folder):
    """A stick that lay in a drawer while the tablet went on over the network."""
    served, (tablet,) = met(folder, "a")
    place = stick(folder, "stick")
    tablet.add("first")
    tablet.run("export-bundle", place)
    tablet.add("second")
    tablet.run("sync")
    tablet.add("third")
    tablet.run("sync")
    done = take_in(served, place, "--receipt", place)
    tap.check(done.returncode == 0 and "nothing new is in it" in done.stdout and "copy was made" not in done.stdout,
              "a bundle that a sync has overtaken is harmless", done.stdout + done.stderr)
    tablet.add("fourth")
    done = tablet.try_run("import-bundle", place)
    tap.check(done.returncode == 0 and tablet.waiting() == 1 and tablet.is_sound(), "its receipt, too", done.stdout + done.stderr)
    tablet.run("sync")
    tap.check(tablet.titles() == ["first", "fourth", "second", "third"]
              and states(tablet.store) == states(served.folder / "collector.db"), "equal records, none twice", str(tablet.titles()))
    served.end()


def check_without_server(folder):
    served, (tablet,) = met(folder, "a")
    served.end()
    place = stick(folder, "stick")
    tablet.add("no server anywhere")
    tablet.run("export-bundle", place / "name of my own.soban")
    done = take_in(served, place / "name of my own.soban", "--receipt", place)
    tap.check(done.returncode == 0 and bundles(place) == ["name of my own-receipt.soban", "name of my own.soban"],
              "a bundle is taken in while no server runs", done.stderr + str(bundles(place)))
    tablet.run("import-bundle", place)
    tap.check(tablet.waiting() == 0, "a whole folder is offered: the tablet takes what is for it")
    done = tablet.try_run("export-bundle", place / "name of my own.soban")
    tap.check(done.returncode == FAILED and "File exists" in done.stderr, "an older file is never written over", done.stderr)


def check_never_met(folder):
    """Registered by file, these tablets have no network, ever: sticks alone carry what they record to each other and to the collector."""
    served, _ = met(folder)
    first, second = Tablet(folder, "first").enrol(served), Tablet(folder, "second").enrol(served)
    place = stick(folder, "stick")
    record = first.add("from the first")
    first.run("exchange", place)
    second.run("exchange", place)
    second.edit(record, "title", "mended by the second")
    second.add("from the second")
    second.run("exchange", place)
    first.run("exchange", place)
    expected = ["from the second", "mended by the second"]
    tap.check(first.titles() == second.titles() == expected, "two tablets that never met a server exchange", f"{first.titles()} {second.titles()}")
    first.run("export-bundle", place)
    done = take_in(served, newest(place, "soban-1-"), "--receipt", place)
    first.run("import-bundle", newest(place, "-receipt"))
    tap.check(done.returncode == 0 and first.waiting() == 0, "a bundle of such a tablet is taken in and confirmed", done.stdout + done.stderr)
    second.run("sync")
    tap.check(second.waiting() == 0 and second.titles() == expected and states(second.store) == states(served.folder / "collector.db"),
              "the first sync after all that finds nothing twice", str(second.titles()))
    tap.check(served.run("check").returncode == 0 and first.is_sound() and second.is_sound(), "all is sound")
    check_file_without_keys(folder, served)
    served.end()


def check_file_without_keys(folder, served):
    """As a collector before 1.1 wrote it."""
    file, tablet = Path(folder) / "older.enrolment", Tablet(folder, "older")
    done = served.run("enrol", "--name", "older", "--scope", SCOPE, "--output", file)
    file.write_text("".join(line for line in file.read_text(encoding="utf-8").splitlines(keepends=True)
                            if not line.startswith(("collector_key", "exchange_keys", "keys_generation"))), encoding="utf-8")
    tablet.run("enrol", file)
    done = tablet.try_run("export-bundle", folder)
    tap.check(done.returncode == LATER and "reach its server once" in done.stderr, "a tablet without keys says what to do", done.stderr)


def check_lost_tablet(folder):
    served, (lost, left, away) = met(folder, "lost", "left", "away")
    place = stick(folder, "stick")
    lost.add("by whoever found it")
    lost.run("export-bundle", place)
    lost.run("exchange", place)
    done = served.run("device", "revoke", "1")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    done = take_in(served, newest(place, "1.soban"))
    tap.check(done.returncode == FAILED and "revoked" in done.stderr, "the bundle of a lost tablet is refused", done.stderr)
    # The keys of the communes are others now; a tablet receives them unasked as soon as it meets the collector again.
    left.run("sync")
    done = left.try_run("import-bundle", newest(place, "-exchange"))
    tap.check(done.returncode == FAILED and left.titles() == [], "so is what it wrote for other tablets", done.stderr)
    check_new_keys_by_stick(served, away, place)
    served.end()


def check_new_keys_by_stick(served, away, place):
    done = away.try_run("import-bundle", newest(place, "-exchange"))
    tap.check(done.returncode == 0, "a tablet that has heard nothing of the loss still reads it", done.stderr)
    own = place / "away.soban"
    away.run("export-bundle", own)
    take_in(served, own, "--receipt", place)
    away.run("import-bundle", place / "away-receipt.soban")
    done = away.try_run("import-bundle", newest(place, "-exchange"))
    tap.check(done.returncode == FAILED, "the receipt on a stick brings it the new keys: not any more", done.stdout)


def check_damage(folder):
    served, (tablet,) = met(folder, "a")
    place = stick(folder, "stick")
    tablet.add("a record")
    tablet.run("export-bundle", place)
    whole = newest(place, "soban-1-")
    content = whole.read_bytes()
    before = states(served.folder / "collector.db")
    for name, damaged in (("cut", content[:-1]), ("cut in the middle", content[: len(content) // 2]), ("empty", b""),
                          ("altered", content[:300] + bytes([content[300] ^ 1]) + content[301:]), ("longer", content + b"\0"),
                          ("no bundle", b"<html>")):
        file = place / (name + ".damaged")
        file.write_bytes(damaged)
        done = take_in(served, file)
        tap.check(done.returncode == FAILED and states(served.folder / "collector.db") == before, f"a file that is {name} is refused", done.stderr)
    take_in(served, whole, "--receipt", place)
    receipt = newest(place, "-receipt")
    content = receipt.read_bytes()
    for name, damaged in (("cut", content[:-1]), ("altered", content[:200] + bytes([content[200] ^ 1]) + content[201:])):
        file = place / (name + ".damaged")
        file.write_bytes(damaged)
        done = tablet.try_run("import-bundle", file)
        tap.check(done.returncode == FAILED and "damaged or not complete" in done.stderr and tablet.waiting() == 1,
                  f"a receipt that is {name} confirms nothing", done.stderr)
    served.end()


def check_copied_tablet(folder):
    """Two tablets with one disk: the receipt of one confirms nothing on the other, and in the end nothing is lost."""
    served, (tablet,) = met(folder, "a")
    place = stick(folder, "stick")
    tablet.add("before the copy")
    tablet.run("sync")
    clone = tablet.copy("clone")
    tablet.add("by the first")
    clone.add("by the copy, one")
    clone.add("by the copy, two")
    tablet.run("export-bundle", place)
    take_in(served, newest(place, "soban-1-"), "--receipt", place)
    receipt = newest(place, "-receipt")
    done = clone.try_run("import-bundle", receipt)
    tap.check(clone.waiting() >= 2 and clone.is_sound(), "the receipt for a copy confirms nothing", done.stdout + done.stderr)
    tablet.run("import-bundle", receipt)
    tap.check(tablet.waiting() == 0, "it confirms what its own tablet wrote")
    for _ in range(2):
        clone.run("export-bundle", place)
        done = take_in(served, newest(place, "soban-1-"), "--receipt", place)
        clone.try_run("import-bundle", newest(place, "-receipt"))
    tap.check(clone.waiting() == 0 and clone.is_sound(), "the copy goes on under a new incarnation, by stick alone", done.stdout + done.stderr)
    tablet.run("sync")
    clone.run("sync")
    expected = ["before the copy", "by the copy, one", "by the copy, two", "by the first"]
    tap.check(tablet.titles() == expected and clone.titles() == expected, "both have all records", f"{tablet.titles()} {clone.titles()}")
    tap.check(states(tablet.store) == states(served.folder / "collector.db") == states(clone.store), "equal records in the end")
    served.end()


def check_more_than_a_request(folder):
    """More changes than a request, an answer or a frame of adjustments may hold, and every one is to be told another time."""
    served, _ = met(folder)
    served.end()
    tablet = Tablet(folder, "a")
    tablet.wall_offset_ms = WRONG_CLOCK_MS
    # Before it is registered a tablet records faster: no lists of communes are worked through.
    record_a_month(tablet, MANY)
    tablet.enrol(served)
    place = stick(folder, "stick")
    tablet.run("export-bundle", place)
    done = take_in(served, place, "--receipt", place)
    tap.check(done.returncode == 0 and f"{MANY:,} new changes" in done.stdout, f"{MANY} changes in one file are taken in", done.stdout + done.stderr)
    done = take_in(served, place, "--receipt", place)
    tap.check(done.returncode == 0 and done.stdout == "", "a folder whose files have their receipts is left alone", done.stdout + done.stderr)
    dumped = tablet.run("dump", newest(place, "-receipt"))
    told = tablet.run("import-bundle", place)
    tap.check(tablet.waiting() == 0 and f"{MANY:,} more" in told and dumped.count("frame ADJUSTMENTS") > 1,
              "their receipt confirms them all, and tells each another time", told + dumped[:2000])
    tap.check(states(tablet.store) == states(served.folder / "collector.db"), "a clock that was years ahead: equal records")


for check in (check_there_and_back, check_receipt_late, check_bundle_late, check_without_server, check_never_met, check_lost_tablet, check_damage,
              check_copied_tablet, check_more_than_a_request):
    with tempfile.TemporaryDirectory(prefix="soban-bundles-") as scratch:
        check(scratch)
tap.done()
