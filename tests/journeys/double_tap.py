# SPDX-License-Identifier: GPL-3.0-or-later
"""A finger that taps twice: the second tap meets a sentence that nobody has read yet, and must not answer it. The third, later one does."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, wait_for  # noqa: E402
from tablet import Tablet, enrol, pattern, vi  # noqa: E402
from tap import Tap  # noqa: E402

WIDTH, HEIGHT = 360, 640
# In the bar at the bottom, which is there on every page.
NEXT = (WIDTH * 2 // 3, HEIGHT - 34)
TAP_MS_APART = 90
# Longer than the time in which two taps are a double one.
CALM_S = 0.6


def tap_next(desktop, times):
    desktop.run("xdotool", "mousemove", *NEXT, "click", "--repeat", times, "--delay", TAP_MS_APART, "1")


def main():
    tap = Tap()
    told = vi("Something here needs a look. Press Next again to leave it for later.")
    with Desktop(WIDTH, HEIGHT) as desktop:
        store = desktop.folder / "soban.db"
        enrol(desktop, Collector(desktop.folder).init(), store, "Máy bản", "03388")
        app = Tablet(desktop, store)
        app.press(pattern(vi("Communication session"), ", .*"), "push button")
        app.page(vi("When and where"))
        app.find(pattern(vi("_Next")), "push button")
        tap_next(desktop, 2)
        app.find(pattern(told))
        time.sleep(CALM_S)
        tap.check(app.find_all(pattern(told)), "two quick taps tell what is missing, and no more")
        tap_next(desktop, 1)
        wait_for("the next page", lambda: not app.find_all(pattern(told)))
        tap.check(True, "a tap of its own goes on")
        tap.check(app.quit() == 0, "the app ends by itself")
    tap.done()


main()
