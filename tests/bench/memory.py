# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory of its own the app holds with 100,000 records: home, list, list and form, along 100 forms that are opened and closed,
and after 50 more that are filled in and completed.
Of the forms there is one of 20 questions, and the biggest of the program's own, which offers 3,300 communes.

    memory.py DRIVE_APP FLOOR STORE

Beside it, in the same run, FLOOR: an empty AdwApplicationWindow. Another such window stands open on a second display the whole time, so
that GTK's own code is shared memory for both. What only the app uses (SQLite, its own code) counts as private where no other program of
the machine has it open: how much of a figure are such unaltered pages of files is said with it. The app gives such pages back
at rest (app/code-pages.h), which each figure waits for; the store is linked, so what carries a sync has been loaded once.
Prints each figure beside its target, and fails when one is missed.
"""

import subprocess
import sys
import time

from bench_desktop import BenchDesktop, private_mib, read_figures, report, report_load, stop

FORM = "twenty_questions"
OWN_FORM = "event"
OPEN_MIB_MAX = 16
AFTER_MIB_MAX = 20
GROWTH_MIB_MAX = 1  # over the forms that are filled in, from one rest to the next: more would be a leak
FORMS = range(10, 101, 10)


def measure_floor(desktop, floor):
    start = time.monotonic()
    process = desktop.start([floor], stdout=subprocess.DEVNULL)
    try:
        desktop.wait_for_pixel(process, start)
        desktop.screen.wait_until_still(start + 30)
        return private_mib(process.pid)
    finally:
        stop(process)


def measure(desktop, drive_app, store, verb, form):
    return read_figures(desktop.start([drive_app, desktop.take_copy(store), verb, form], stdout=subprocess.PIPE, text=True))


def main():
    drive_app, floor, store = sys.argv[1:4]
    report_load()
    with BenchDesktop() as other, BenchDesktop() as desktop:
        other.keep_open(floor)
        bare = measure_floor(desktop, floor)
        own = measure(desktop, drive_app, store, "open", OWN_FORM)
        figures = measure(desktop, drive_app, store, "memory", FORM)
    curve = [figures[f"after {forms}"] - bare for forms in FORMS]
    written = [figures[name] - figures[f"{name}: files"] for name in ("left alone", "left alone again")]
    report("empty window: private memory", bare, "MiB")
    for name in ("home", "list", "home again", "after lists"):
        report(f"app above the empty window: {name}", figures[name] - bare, "MiB")
    met = report("with the list and a form of 20 questions open", figures["list and form"] - bare, "MiB", OPEN_MIB_MAX)
    report("    of that unaltered pages of files", figures["list and form: files"], "MiB")
    met &= report("with the list and the biggest form of its own open", own["list and form"] - bare, "MiB", OPEN_MIB_MAX)
    report("    of that unaltered pages of files", own["list and form: files"], "MiB")
    report("at the end of that form", own["at its end"] - bare, "MiB")
    for forms, mib in zip(FORMS, curve):
        report(f"after {forms} forms", mib, "MiB")
    met &= report("after 100 forms, half a minute later", figures["left alone"] - bare, "MiB", AFTER_MIB_MAX)
    report("    of that unaltered pages of files", figures["left alone: files"], "MiB")
    report("after 50 forms more, filled in and completed", figures["filled in"] - bare, "MiB")
    met &= report("half a minute later", figures["left alone again"] - bare, "MiB", AFTER_MIB_MAX)
    report("    of that unaltered pages of files", figures["left alone again: files"], "MiB")
    met &= report("growth over these 50, without pages of files", written[1] - written[0], "MiB", GROWTH_MIB_MAX)
    report_load()
    sys.exit(0 if met else 1)


main()
