#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick that is full or pulled out, and kill -9 at every write, flush and rename of export and import, with the real programs: the file is
there whole or not at all, the tablet loses nothing, and the same step again brings it to its end."""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from carried import Tablet, bundles, met, newest, sanitized, states, take_in  # noqa: E402
from tap import Tap  # noqa: E402

RECORDS = 20
KILLED = -9
SENTENCES = {"full": "No space left", "pulled": "Input/output error"}
CALLS_MAX = 400
EVERY_UNTIL = 40  # from there on every third moment: the calls repeat themselves

tap = Tap()


def moment(at, do, under=None):
    fault = {"SOBAN_FAULT_AT": str(at), "SOBAN_FAULT_DO": do}
    if under is not None:
        fault["SOBAN_FAULT_UNDER"] = str(under)
    return fault


def next_moment(at):
    return at + (1 if at < EVERY_UNTIL else 3)


def whole_files(served, place):
    """The final names on the stick; each must be taken in."""
    names = [name for name in bundles(place) if name.endswith(".soban")]
    return all(take_in(served, place / name).returncode == 0 for name in names), names


def check_failing_stick(served, tablet, place, do):
    """Every write, flush and rename of the stick in turn is the first that fails."""
    wrong, at = [], 0
    while at < CALLS_MAX:
        at = next_moment(at)
        done = tablet.try_run("export-bundle", place, fault=moment(at, do, place))
        if done.returncode == 0:
            break
        # Where only its name could not be flushed any more, the file may have got there all the same: then it is whole.
        sound, names = whole_files(served, place)
        if done.returncode != 1 or SENTENCES[do] not in done.stderr or not sound:
            wrong.append(f"call {at}: {done.returncode} {done.stderr} {bundles(place)}")
        for name in names:
            (place / name).unlink()
    tap.check(not wrong and 3 < at < CALLS_MAX, f"a stick that is {do} at any of {at - 1} moments: told, and no half file stands there", wrong)
    tap.check(tablet.waiting() == RECORDS and tablet.is_sound(), f"a stick that is {do}: all waits on the tablet")
    sound, names = whole_files(served, place)
    tap.check(sound and len(names) == 1 and len(bundles(place)) == 1, f"a stick that is {do}: after it the file is whole, nothing else is left",
              str(bundles(place)))
    for name in bundles(place):
        (place / name).unlink()


def check_killed_export(served, tablet, place):
    wrong, at = [], 0
    while at < CALLS_MAX:
        at = next_moment(at)
        done = tablet.try_run("export-bundle", place, fault=moment(at, "kill"))
        if done.returncode == 0:
            break
        sound, names = whole_files(served, place)
        if done.returncode != KILLED or not sound:
            wrong.append(f"call {at}: {done.returncode} {done.stderr} {names}")
        for name in names:
            (place / name).unlink()
    tap.check(not wrong and 3 < at < CALLS_MAX, f"export killed at any of {at - 1} moments: no file, or a whole one", wrong)
    tap.check(tablet.waiting() == RECORDS and tablet.is_sound(), "all waits on the tablet")
    (place / "soban-1-2020-01-01-1.soban.part").write_bytes(b"what a kill left long ago")
    (place / "letter.part").write_bytes(b"somebody's")
    tablet.run("export-bundle", place)
    tap.check([name for name in bundles(place) if name.endswith(".part")] == ["letter.part"], "what a kill left is gone with the next export",
              str(bundles(place)))


def check_killed_taking_in(served, file, place):
    """Killed at one moment after the other, over the same data: each run goes on from what the one before has left."""
    wrong, at = [], 0
    before = served.folder.with_name("collector-before")
    shutil.copytree(served.folder, before)
    while at < CALLS_MAX:
        at = next_moment(at)
        shutil.rmtree(served.folder)
        shutil.copytree(before, served.folder)
        done = take_in(served, file, "--receipt", place, fault=moment(at, "kill"))
        if done.returncode == 0:
            break
        if done.returncode != KILLED or served.run("check").returncode != 0:
            wrong.append(f"call {at}: {done.returncode} {done.stderr} {served.run('check').stdout}")
            continue
        again = take_in(served, file, "--receipt", place / f"receipt {at}.soban")
        if again.returncode != 0 or served.run("check").returncode != 0 or len(states(served.folder / "collector.db")) != RECORDS:
            wrong.append(f"call {at}, again: {again.returncode} {again.stderr}")
    tap.check(not wrong and 3 < at < CALLS_MAX, f"taking in killed at moments up to {at - 1}: sound, and the same file again completes it", wrong)


def check_killed_receipt(tablet, receipt):
    wrong, at = [], 0
    while at < CALLS_MAX:
        at = next_moment(at)
        victim = tablet.copy("victim")
        done = victim.try_run("import-bundle", receipt, fault=moment(at, "kill"))
        if done.returncode == 0:
            break
        waiting = victim.waiting()
        if done.returncode != KILLED or waiting not in (0, RECORDS) or not victim.is_sound():
            wrong.append(f"call {at}: {done.returncode} {done.stderr} {waiting}")
            continue
        victim.run("import-bundle", receipt)
        if victim.waiting() != 0 or states(victim.store) != states(Path(str(tablet.store) + ".done")):
            wrong.append(f"call {at}, again: {victim.waiting()}")
    tap.check(not wrong and 3 < at < CALLS_MAX, f"a receipt killed at any of {at - 1} moments: all of it or nothing, and again completes it", wrong)


def check_killed_exchange(served, folder):
    """What another tablet wrote, taken in frame by frame, and the own file beside it."""
    other = Tablet(folder, "b").enrol(served)
    served.start()
    other.run("sync")
    taker = Tablet(folder, "c").enrol(served)
    taker.run("sync")
    served.end()
    place = Path(folder) / "exchange"
    place.mkdir()
    for number in range(RECORDS):
        other.add(f"exchanged {number}")
    other.run("exchange", place)
    expected = states(other.store)
    wrong, at = [], 0
    while at < CALLS_MAX:
        at = next_moment(at)
        victim = taker.copy("victim")
        done = victim.try_run("exchange", place, fault=moment(at, "kill"))
        if done.returncode == 0:
            break
        if done.returncode != KILLED or not victim.is_sound() or victim.waiting() != 0:
            wrong.append(f"call {at}: {done.returncode} {done.stderr}")
            continue
        victim.run("exchange", place)
        if states(victim.store) != expected or not victim.is_sound():
            wrong.append(f"call {at}, again: other records")
    tap.check(not wrong and 3 < at < CALLS_MAX, f"exchange killed at moments up to {at - 1}: sound, and again completes it", wrong)


def check_full_when_receiving(tablet, receipt):
    victim = tablet.copy("full")
    done = victim.try_run("import-bundle", receipt, fault=moment(1, "full", victim.store))
    tap.check(done.returncode == 1 and victim.waiting() == RECORDS and victim.is_sound(), "a tablet without room confirms nothing", done.stderr)
    victim.run("import-bundle", receipt)
    tap.check(victim.waiting() == 0, "with room again it does")


def run(folder):
    served, (tablet,) = met(folder, "a")
    served.end()
    place = Path(folder) / "stick"
    place.mkdir()
    for number in range(RECORDS):
        tablet.add(f"record {number}")
    empty = served.folder.with_name("collector-empty")
    shutil.copytree(served.folder, empty)
    for do in ("full", "pulled"):
        check_failing_stick(served, tablet, place, do)
    check_killed_export(served, tablet, place)
    shutil.rmtree(served.folder)
    shutil.copytree(empty, served.folder)
    file = newest(place, "soban-")
    check_killed_taking_in(served, file, place)
    take_in(served, file, "--receipt", place / "receipt.soban")
    after = tablet.copy("after")
    after.run("import-bundle", place / "receipt.soban")
    shutil.copy(after.store, str(tablet.store) + ".done")
    check_killed_receipt(tablet, place / "receipt.soban")
    check_full_when_receiving(tablet, place / "receipt.soban")
    check_killed_exchange(served, folder)


if sanitized():
    tap.skip("a failing stick", "a sanitizer's library takes no other before it")
else:
    with tempfile.TemporaryDirectory(prefix="soban-faults-") as scratch:
        run(scratch)
tap.done()
