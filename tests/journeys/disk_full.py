# SPDX-License-Identifier: GPL-3.0-or-later
"""The tablet's disk is full while somebody writes: it is said, nothing that was written is lost, and when there is room again
everything is saved without a touch. The disk is a small one of its own; where none can be mounted, writing fails by a preloaded library."""

import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from record_journey import SCOPE  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import BUILD, Tap  # noqa: E402

DISK_BYTES = 24 << 20
FAULT_LIBRARY = BUILD / "tests" / "sync" / "bundles" / "libfault-file.so"
FULL = "There is no room left on this tablet. Delete photos or files you do not need, then try again. Nothing is lost."
FIRST = "Bản Nậm Ngặt"
SECOND = "Bản Nậm Ngặt thượng, điểm trường cũ"
THIRD = "Bản Nậm Ngặt thượng, điểm trường mới"


class SmallDisk:
    """A folder on a disk that can be filled up and emptied."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
        self.mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.photos = folder / "photos" if self.mounted else folder.with_name("full")
        self.env = {} if self.mounted else {
            "LD_PRELOAD": str(FAULT_LIBRARY), "SOBAN_FAULT_WHILE": str(self.photos), "SOBAN_FAULT_DO": "full", "SOBAN_FAULT_UNDER": str(folder),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self):
        if not self.mounted:
            self.photos.touch()
            return
        with open(self.photos, "wb", buffering=0) as photos:
            for size in (1 << 16, 1):
                try:
                    while photos.write(os.urandom(size)):
                        pass
                except OSError:
                    continue

    def empty(self):
        self.photos.unlink()


def field():
    return re.escape(vi("Name of the village (if not listed)"))


def begin(app):
    app.begin("Communication session")
    app.page(vi("When and where"))
    app.press_text("Today", "")
    app.choose(vi("Village"), "", vi("Another village, not in the list"))
    app.fill(field(), FIRST)
    app.page(vi("Saved on this tablet"))


def check_draft(tap, store, words, name):
    drafts, _, faults = show_store(store)
    kept = [draft.get("village_new") for draft in drafts.values()]
    tap.check(kept == [words] and not faults, name, [str(kept), *faults])


def write_on_a_full_disk(tap, app, disk):
    begin(app)
    disk.fill()
    app.fill(field(), SECOND)
    app.page(vi(FULL))
    app.page(vi("Not saved yet"))
    tap.check(True, "the person is told that there is no room, and that nothing is saved yet")
    app.press(pattern(vi("Leave; the draft is kept")), "push button")
    wait_for("the message, beside the line that stays", lambda: len(app.find_all(re.escape(vi(FULL)), "label")) == 2)
    tap.check(app.find(field(), "text|entry").text == SECOND, "leaving is not possible; what was written stays on the screen")
    app.press("Đóng|Close", "push button")
    app.page(vi("What you wrote last is not saved yet"))
    app.press_text("_Stay here")
    tap.check(app.find(field(), "text|entry").text == SECOND, "before it closes it asks; what was written is still there")
    disk.empty()
    app.page(vi("Saved on this tablet"))
    app.gone(re.escape(vi(FULL)), "label")
    tap.check(True, "with room again it is saved by itself, and said")


def main():
    tap = Tap()
    with Desktop(600, 1000, "vi_VN.UTF-8") as desktop, SmallDisk(desktop.folder / "disk") as disk:
        tap.note("a disk of its own" if disk.mounted else "no disk can be mounted here: writing fails by a preloaded library")
        store = disk.folder / "soban.db"
        enrol(desktop, Collector(desktop.folder).init(), store, "Máy bản", SCOPE)
        app = Tablet(desktop, store, **disk.env)
        try:
            app.page(vi("What did you do?"))
            write_on_a_full_disk(tap, app, disk)
            app.kill()
            check_draft(tap, store, SECOND, "after kill -9 the draft has all that was written")

            app = Tablet(desktop, store, **disk.env)
            app.press(pattern(vi("Communication session"), "(?!, ).*"), "push button|list item")
            app.page(vi("When and where"))
            disk.fill()
            app.fill(field(), THIRD)
            app.page(vi(FULL))
            disk.empty()
            app.desktop.keys("alt+Left")
            app.page(vi("What did you do?"))
            tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
            check_draft(tap, store, THIRD, "the second time, too: left, and whole")
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
            app.kill()
    tap.done()


main()
