# SPDX-License-Identifier: GPL-3.0-or-later
"""Vietnamese typed in Telex through a real input method (ibus with Unikey): the word that is still being composed survives Next,
Tab, Back and the closing of the window. Skips, saying why, where no input method can be started."""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import Tap  # noqa: E402

FIELD = "village_new"
MODULE = "gtk-4.0/4.0.0/immodules/libim-ibus.so"
IBUS = {"GTK_IM_MODULE": "ibus", "IBUS_ENABLE_SYNC_MODE": "1"}


class NoInputMethod(Exception):
    """Why none can be had."""


def start_telex(desktop):
    """An ibus of this desktop with Unikey writing Telex, its default."""
    if not shutil.which("ibus-daemon"):
        raise NoInputMethod("ibus is not installed")
    if not any(Path("/usr/lib").glob(f"*/{MODULE}")):
        raise NoInputMethod("ibus-gtk4 is not installed")
    with open(desktop.folder / "ibus.log", "w", encoding="utf-8") as log:
        desktop.processes.append(
            subprocess.Popen(
                ["ibus-daemon", "--replace", "--panel", "disable", "--emoji-extension", "disable", "--config", "disable"],
                env=dict(desktop.env, **IBUS), stdout=log, stderr=log,
            )
        )

    def choose():
        desktop.run("ibus", "engine", "Unikey", check=False)
        return desktop.run("ibus", "engine", check=False).strip() == "Unikey"

    try:
        wait_for("ibus to take Unikey", choose, 20)
    except NotThere as error:
        said = (desktop.folder / "ibus.log").read_text(encoding="utf-8").strip()
        raise NoInputMethod(f"{error}: {said}") from None


class Typist:
    """Comes to the text field of one draft again and again, as a person would."""

    def __init__(self, desktop, store):
        self.desktop = desktop
        self.store = store
        self.app = None

    def open(self, first=False):
        self.app = Tablet(self.desktop, self.store, **IBUS)
        if first:
            self.app.press(pattern(vi("Communication session"), ", .*"), "push button")
            self.app.press_text("Today", "")
            self.app.choose(vi("Village"), "", vi("Another village, not in the list"))
        else:
            self.go_on()
        self.come_to_field()

    def go_on(self):
        self.app.press(pattern(vi("Communication session"), "(?!, ).*"), "push button|list item")
        self.app.page(vi("When and where"))

    def come_to_field(self):
        self.app.take_focus()
        self.app.tab_to(pattern(vi("Name of the village (if not listed)"), ""), "text|entry", key="shift+Tab")
        self.desktop.keys("ctrl+a", "BackSpace")

    def type(self, keys):
        """Each key a press of its own; nothing ends the last word."""
        self.desktop.type(keys, 60)

    def seen(self):
        return [node.text for node in self.app.find_all(role="text|entry")]

    def kept(self):
        """The draft's word in the store; the app must have ended."""
        drafts, _, faults = show_store(self.store)
        if faults or len(drafts) != 1:
            raise NotThere(f"one sound draft, but {drafts} {faults}")
        return next(iter(drafts.values())).get(FIELD, "")

    def end(self):
        """SIGTERM: what the app has at that moment is what counts."""
        self.app.quit()


def check_kept(tap, typist, name, word):
    kept = typist.kept()
    tap.check(kept == word, name, f"kept {kept!r} instead of {word!r}")


def run(tap, desktop, store):
    typist = Typist(desktop, store)

    typist.open(first=True)
    typist.type("tieengs vieejt")
    typist.app.next()
    typist.end()
    check_kept(tap, typist, "the word in flight survives Next", "tiếng việt")

    typist.open()
    typist.type("Nhaf Lungf")
    desktop.keys("Tab")
    typist.end()
    check_kept(tap, typist, "the word in flight survives Tab", "Nhà Lùng")

    typist.open()
    typist.type("Ddoongf Xoaif")
    typist.app.press(pattern(vi("Leave; the draft is kept"), ".*"), "push button")
    typist.app.find(pattern(vi("What did you do?")), "label")
    typist.end()
    check_kept(tap, typist, "the word in flight survives leaving", "Đồng Xoài")

    typist.open()
    typist.type("Huwowngs")
    typist.end()
    check_kept(tap, typist, "the word in flight survives the end of the program", "Hướng")

    typist.open()
    typist.type("Muwowngf")
    typist.app.press("Đóng|Close", "push button")
    wait_for("the app to end", lambda: typist.app.process.poll() is not None)
    check_kept(tap, typist, "the word in flight survives the closing of the window", "Mường")


def main():
    tap = Tap()
    with Desktop(600, 900) as desktop:
        store = desktop.folder / "soban.db"
        try:
            start_telex(desktop)
        except NoInputMethod as why:
            tap.skip("Telex through an input method", str(why).replace("\n", " "))
            tap.done()
        enrol(desktop, Collector(desktop.folder).init(), store, "Máy bản", "03388")
        try:
            run(tap, desktop, store)
        except NotThere as error:
            tap.check(False, "the word is typed", str(error))
    tap.done()


if __name__ == "__main__":
    main()
