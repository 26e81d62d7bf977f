#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tablets of a commune and a stick, no server (sync/README.md 10.4): each has what the other recorded and edits it; then both reach the
collector, in either order. Nobody loses to a value that he had seen, and all three have equal records."""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from carried import bundles, met, newest, states, take_in  # noqa: E402
from tap import Tap  # noqa: E402

YEARS_MS = 365 * 24 * 3600 * 1000
CLOCKS = {0: "", 9 * YEARS_MS: ", its clock years ahead", -9 * YEARS_MS: ", its clock years behind"}

tap = Tap()


def exchange(place, *tablets):
    for tablet in tablets:
        tablet.run("exchange", place)


def reach_by_network(served, place, tablet):
    tablet.run("sync")


def reach_by_stick(served, place, tablet):
    tablet.run("export-bundle", place)
    done = take_in(served, newest(place, "soban-"), "--receipt", place)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    tablet.run("import-bundle", newest(place, "-receipt"))


def live_without_server(place, a, b):
    """Records of both, edited by the other after the other had seen them; one conflict that nobody had seen."""
    first, second, third = a.add("of a"), b.add("of b"), a.add("both will change this")
    exchange(place, a, b, a)
    b.edit(first, "title", "of a, seen and changed by b")
    a.edit(second, "title", "of b, seen and changed by a")
    exchange(place, b, a, b)
    a.edit(first, "title", "of a, seen and changed by b, and again by a")
    exchange(place, a, b)
    a.edit(third, "title", "a at the same time")
    b.edit(third, "title", "b at the same time")
    return first, second, third


def check_titles(tap, tablet, records, order):
    first, second, third = records
    last = tablet.value(third, "title")
    tap.check(tablet.value(first, "title") == "of a, seen and changed by b, and again by a"
              and tablet.value(second, "title") == "of b, seen and changed by a" and last in ("a at the same time", "b at the same time"),
              f"{order}: on {tablet.name} nobody has lost to a value that he had seen",
              f"{tablet.value(first, 'title')} | {tablet.value(second, 'title')} | {last}")


def check_either_order(folder, order, reach, a_clock_ms=0):
    served, (a, b) = met(folder, "a", "b")
    a.wall_offset_ms = a_clock_ms
    place = Path(folder) / "stick"
    place.mkdir()
    served.end()
    records = live_without_server(place, a, b)
    served.start()
    tablets = {"a": a, "b": b}
    # The last round brings to the first tablet what the second one sent.
    for name in order + order[:1]:
        reach(served, place, tablets[name])
    what = f"{order[0]} first, {'by stick' if reach is reach_by_stick else 'by network'}{CLOCKS[a_clock_ms]}"
    for tablet in (a, b):
        check_titles(tap, tablet, records, what)
    all_states = [states(store) for store in (a.store, b.store, served.folder / "collector.db")]
    tap.check(all_states[0] == all_states[1] == all_states[2], f"{what}: all three have equal records")
    tap.check(a.waiting() == 0 and b.waiting() == 0 and a.is_sound() and b.is_sound() and served.run("check").returncode == 0,
              f"{what}: nothing waits, all is sound", served.run("check").stdout)
    served.end()


def check_carried_by_one(folder):
    """Only one of two tablets ever reaches the collector: it brings the other's records along."""
    served, (a, b) = met(folder, "a", "b")
    place = Path(folder) / "stick"
    place.mkdir()
    record = a.add("of a, who never gets there")
    exchange(place, a, b)
    b.edit(record, "title", "changed by b")
    b.run("sync")
    with_states = [row[0] for row in states(served.folder / "collector.db")]
    tap.check(record.replace("-", "").upper() in with_states, "what came over the stick is sent on", str(with_states))
    a.run("sync")
    tap.check(a.waiting() == 0 and a.value(record, "title") == "changed by b", "its author learns that it has arrived, and what became of it")
    tap.check(states(a.store) == states(b.store) == states(served.folder / "collector.db"), "sent on: all three have equal records")
    served.end()


def check_folder(folder):
    served, (a, b) = met(folder, "a", "b")
    place = Path(folder) / "stick"
    place.mkdir()
    (place / "holiday.jpg").write_bytes(b"\xff\xd8")
    (place / "someone's.soban").write_bytes(b"SBUN\1\3 not whole")
    a.add("of a")
    exchange(place, a, b, a, b, a, b)
    tap.check(len([name for name in bundles(place) if name.endswith("-exchange.soban")]) == 2 and len(bundles(place)) == 4,
              "of each tablet one file stays on the stick, and what is not its own is left alone", str(bundles(place)))
    done = b.try_run("exchange", place / "nowhere")
    tap.check(done.returncode == 1 and "nowhere" in done.stderr, "a folder that is not there is told", done.stderr)
    served.end()


def check_erased(folder):
    """What the law has erased is erased by stick, too; but only what the collector itself has signed."""
    served, (a, b) = met(folder, "a", "b")
    place = Path(folder) / "stick"
    place.mkdir()
    kept, erased = a.add("kept"), a.add("erased by law")
    a.run("sync")
    b.run("sync")
    for record, reason in ((kept, "one that b must not believe"), (erased, "one that it must")):
        done = served.run("erase", record, "--reason", reason)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        if record == kept:
            a.run("sync")
            break_proof(a)
            exchange(place, a, b)
            tap.check(sorted(b.titles()) == ["erased by law", "kept"], "an erasure with a proof that is none is passed over", str(b.titles()))
    a.run("sync")
    exchange(place, a, b)
    tap.check(b.titles() == ["kept"], "what the collector has erased another tablet erases by stick", str(b.titles()))
    b.run("sync")
    tap.check(b.titles() == [] and b.is_sound() and b.waiting() == 0, "the rest by itself", str(b.titles()))
    served.end()


def break_proof(tablet):
    """As if somebody had made it up: the same length, another signature."""
    with closing(sqlite3.connect(tablet.store)) as connection, connection:
        ((row, body),) = connection.execute("SELECT rowid, body FROM change WHERE device = 0").fetchall()
        end = body.rindex(b"==")
        connection.execute("UPDATE change SET body = ? WHERE rowid = ?", (body[:end - 40] + b"A" * 30 + body[end - 10:], row))


for first_to_reach in (["a", "b"], ["b", "a"]):
    for way in (reach_by_network, reach_by_stick):
        with tempfile.TemporaryDirectory(prefix="soban-exchange-") as scratch:
            check_either_order(scratch, first_to_reach, way)
for clock_ms in filter(None, CLOCKS):
    for first_to_reach in (["a", "b"], ["b", "a"]):
        with tempfile.TemporaryDirectory(prefix="soban-exchange-") as scratch:
            check_either_order(scratch, first_to_reach, reach_by_stick, clock_ms)
for check in (check_carried_by_one, check_folder, check_erased):
    with tempfile.TemporaryDirectory(prefix="soban-exchange-") as scratch:
        check(scratch)
tap.done()
