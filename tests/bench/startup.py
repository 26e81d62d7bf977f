# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the app takes to its first frame, and how much memory of its own it holds, with 100,000 records in the store.

    startup.py SOBAN FLOOR STORE

Beside it, in turn and in the same run, FLOOR: an empty AdwApplicationWindow. Both draw with cairo, GL off, on an Xvfb whose
frame buffer says when the first pixel came. The programs are fresh processes; their files are in the machine's cache. Another
such window stands open on a second display the whole time, so that GTK's own code is shared memory for both.
Prints each figure beside its target, and fails when one is missed.
"""

import statistics
import subprocess
import sys
import time

from bench_desktop import BenchDesktop, private_mib, report, report_load, stop

ROUNDS = 21
WHOLE_ROUNDS = 5  # of these, to the last change of the picture
TIME_RATIO_MAX = 1.3
MEMORY_MIB_MAX = 16


def measure(desktop, command, whole):
    """(milliseconds to the first frame, and with `whole`: milliseconds until nothing changes any more, private MiB then)"""
    desktop.wait_until_empty()
    start = time.monotonic()
    process = desktop.start(command, stdout=subprocess.DEVNULL)
    try:
        first = desktop.wait_for_pixel(process, start)
        if not whole:
            return ((first - start) * 1000,)
        settled = desktop.screen.wait_until_still(start + 30)
        return (first - start) * 1000, (settled - start) * 1000, private_mib(process.pid)
    finally:
        stop(process)


def main():
    soban, floor, store = sys.argv[1:4]
    report_load()
    with BenchDesktop() as other, BenchDesktop() as desktop:
        other.keep_open(floor)
        commands = {"app": [soban, "--store", desktop.take_copy(store)], "floor": [floor]}
        rounds = {name: [] for name in commands}
        for at in range(-1, ROUNDS):
            for name, command in commands.items():
                figures = measure(desktop, command, 0 <= at < WHOLE_ROUNDS)
                if at >= 0:
                    rounds[name].append(figures)

    def median(name, column):
        return statistics.median(figures[column] for figures in rounds[name] if len(figures) > column)

    report("empty window: first frame", median("floor", 0), "ms")
    report("app: first frame", median("app", 0), "ms")
    report("app: home complete", median("app", 1), "ms")
    report("empty window: private memory", median("floor", 2), "MiB")
    report("app: private memory", median("app", 2), "MiB")
    # What else runs slows both of a pair alike: the ratio is that of pairs.
    pairs = [app[0] / bare[0] for app, bare in zip(rounds["app"], rounds["floor"])]
    fast = report("first frame, app against empty window", statistics.median(pairs), "x", TIME_RATIO_MAX)
    report("the same, fastest against fastest", min(f[0] for f in rounds["app"]) / min(f[0] for f in rounds["floor"]), "x")
    small = report("private memory above the empty window", median("app", 2) - median("floor", 2), "MiB", MEMORY_MIB_MAX)
    report_load()
    sys.exit(0 if fast and small else 1)


main()
