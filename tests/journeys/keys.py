# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of keys comes by F1 and goes by Escape."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop  # noqa: E402
from tablet import Tablet, enrol, pattern, vi  # noqa: E402
from tap import Tap  # noqa: E402


def main():
    tap = Tap()
    listed = pattern(vi("Page before"))
    with Desktop(360, 640) as desktop:
        store = desktop.folder / "soban.db"
        enrol(desktop, Collector(desktop.folder).init(), store, "Máy bản", "03388")
        app = Tablet(desktop, store)
        app.page(vi("What did you do?"))
        app.take_focus()
        desktop.keys("F1")
        app.find(listed, "label")
        # The newest of the program's windows: there is no window manager to give it the keyboard.
        app.take_focus()
        desktop.keys("Escape")
        app.gone(listed, "label")
        tap.check(True, "F1 lists the keys, Escape takes the list away")
        app.find(pattern(vi("Communication session"), ", .*"), "push button")
        tap.check(app.quit() == 0, "what lies below is still there, and the app ends cleanly")
    tap.done()


main()
