# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a form takes from the tap to the frame that shows it, and from page to page, with 100,000 records in the store: for somebody who looks
at a page before going on, and for one who does not.

    drawing.py DRIVE_APP STORE

Drawn with cairo, GL off; a frame counts when the display has drawn it. Prints each figure beside its target, and fails when one is missed.
"""

import subprocess
import sys

from bench_desktop import BenchDesktop, read_figures, report, report_load

FORM = "twenty_questions"
FORM_MS_MAX = 60
CHANGE_MS_MAX = 16


def main():
    drive_app, store = sys.argv[1:3]
    report_load()
    with BenchDesktop() as desktop:
        figures = {}
        for verb in ("draw", "pages"):
            figures |= read_figures(desktop.start([drive_app, desktop.take_copy(store), verb, FORM], stdout=subprocess.PIPE, text=True))

    def tell(name, key, target=None):
        met = report(name, figures[key], "ms", target)
        report("    of that at work", figures[key + ": work"], "ms")
        return met

    tell("20 questions on one page, the first time after the start", "first")
    met = tell("20 questions on one page", "opening", FORM_MS_MAX)
    tell("back from it", "back")
    tell("a form of the program's own, the first time", "built-in")
    met &= tell("from its first page to the second", "first change", CHANGE_MS_MAX)
    met &= tell("from page to page", "change", CHANGE_MS_MAX)
    tell("the slowest of those", "slowest")
    met &= tell("back to the page before", "change back", CHANGE_MS_MAX)
    tell("the slowest of those", "slowest back")
    tell("from page to page without a look at it", "hasty change")
    tell("the slowest of those", "slowest hasty")
    report_load()
    sys.exit(0 if met else 1)


main()
