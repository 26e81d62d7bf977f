# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the app takes to its first frame, and how much memory of its own it holds, with 100,000 records in the store.

    startup.py SOBAN FLOOR FILL_STORE

Beside it, in turn and in the same run, FLOOR: an empty AdwApplicationWindow. Both draw with cairo, GL off, on an Xvfb whose
frame buffer says when the first pixel came. The programs are fresh processes; their files are in the machine's cache. Another
such window stands open on a second display the whole time, so that GTK's own code is shared memory for both, whatever else
runs on the machine.
Prints each figure beside its target, and fails when one is missed.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from journey import Desktop, stop, wait_for  # noqa: E402
from tap import SOURCE  # noqa: E402

RECORDS = 100_000
ROUNDS = 25
SCOPE = "02947@2025-07-01"
TIME_RATIO_MAX = 1.3
MEMORY_MIB_MAX = 16
DRAW = {"GSK_RENDERER": "cairo", "GDK_DEBUG": "gl-disable", "GTK_A11Y": "none"}


def private_mib(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def measure(desktop, command):
    """(milliseconds to the first frame, milliseconds until nothing changes any more, private MiB then)"""
    wait_for("an empty screen", lambda: not desktop.screen.glance())
    start = time.monotonic()
    process = subprocess.Popen(command, env=dict(desktop.env, **DRAW), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not desktop.screen.glance():
            if process.poll() is not None or time.monotonic() > start + 30:
                sys.exit(f"{command[0]} showed no window")
            time.sleep(0.0005)
        first = time.monotonic()
        settled = desktop.screen.wait_until_still(start + 30)
        return (first - start) * 1000, (settled - start) * 1000, private_mib(process.pid)
    finally:
        stop(process)


def report(name, value, unit, target=None):
    beside = "" if target is None else f"   target {target:g} {unit}   {'met' if value <= target else 'MISSED'}"
    print(f"{name:<58} {value:8.2f} {unit}{beside}", flush=True)
    return target is None or value <= target


def main():
    soban, floor, fill_store = sys.argv[1:4]
    with Desktop(900, 640) as other, Desktop(900, 640) as desktop:
        other.processes.append(subprocess.Popen([floor], env=dict(other.env, **DRAW)))
        wait_for("the other window", other.screen.glance)
        store = desktop.folder / "soban.db"
        begin = time.monotonic()
        subprocess.run([fill_store, str(store), str(SOURCE / "schema"), SCOPE, str(RECORDS)], check=True)
        report(f"loading {RECORDS} records", RECORDS / (time.monotonic() - begin), "records/s")

        figures = {"app": [], "floor": []}
        commands = {"app": [soban, "--store", str(store)], "floor": [floor]}
        for command in commands.values():
            measure(desktop, command)
        for _ in range(ROUNDS):
            for name, command in commands.items():
                figures[name].append(measure(desktop, command))

    app, bare = ([statistics.median(column) for column in zip(*figures[name])] for name in ("app", "floor"))
    report("empty window: first frame", bare[0], "ms")
    report("app: first frame", app[0], "ms")
    report("app: home complete", app[1], "ms")
    report("empty window: private memory", bare[2], "MiB")
    report("app: private memory", app[2], "MiB")
    fast = report("first frame, app against empty window", app[0] / bare[0], "x", TIME_RATIO_MAX)
    small = report("private memory above the empty window", app[2] - bare[2], "MiB", MEMORY_MIB_MAX)
    sys.exit(0 if fast and small else 1)


main()
