# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a form takes from the tap to the frame that shows it, and from page to page, with 100,000 records in the store.

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
        figures = read_figures(desktop.start([drive_app, desktop.take_copy(store), "draw", FORM], stdout=subprocess.PIPE, text=True))
    report("20 questions on one page, the first time after the start", figures["first"], "ms")
    met = report("20 questions on one page", figures["opening"], "ms", FORM_MS_MAX)
    report("back from it", figures["back"], "ms")
    report("a form of the program's own, the first time", figures["built-in"], "ms")
    met &= report("from page to page", figures["change"], "ms", CHANGE_MS_MAX)
    report("the slowest of those", figures["slowest"], "ms")
    report_load()
    sys.exit(0 if met else 1)


main()
