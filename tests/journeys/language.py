# SPDX-License-Identifier: GPL-3.0-or-later
"""The tablet shows Vietnamese unless told otherwise, also under LC_ALL=C, where glibc ignores LANGUAGE; English when asked."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere  # noqa: E402
from tablet import SOBAN, Tablet, enrol, vi  # noqa: E402
from tap import Tap  # noqa: E402


def shows(tap, desktop, name, words, *options, **env):
    """One start of the app: it must come to show all the words."""
    app = Tablet(desktop, desktop.folder / "soban.db", *options, **env)
    try:
        for word in words:
            app.find(word)
        tap.check(True, name)
    except NotThere as error:
        tap.check(False, name, str(error))
    app.quit()


def restarts(tap, desktop, day, name, goes_on):
    """A form is open with the answer @day, over it the settings: from there goes_on(app), which starts the program anew."""
    app = Tablet(desktop, desktop.folder / "soban.db", LC_ALL="C")
    try:
        app.begin("Communication session")
        app.page(vi("When and where"))
        app.press(re.escape(vi(day)) + ".*", "push button")
        app.take_focus()
        desktop.keys("ctrl+comma")
        app.page(vi("Settings"))
        goes_on(app)
    except NotThere as error:
        tap.check(False, name, str(error))
    tap.check(app.quit() == 0, "the app ends cleanly")


def switches(tap, desktop):
    """Another language while a form is open: the program starts anew in it, and the form is there with what was written."""
    name = "another language, and the form that was open is open, with its answer"

    def goes_on(app):
        app.open_row("English")
        app.find("When and where", "label")
        app.find("Yesterday.*", "push button")
        app.take_focus()
        desktop.keys("ctrl+r")
        app.find(r"Date of the activity: \d.*", "push button")
        tap.check(True, name)

    restarts(tap, desktop, "Yesterday", name, goes_on)


def contrasts(tap, desktop):
    """High contrast while a form is open: the same, and the switch stands where it was put."""
    name = "high contrast, and the form that was open is open, with its answer"

    def goes_on(app):
        app.open_row(re.escape(vi("High contrast")))
        app.page(vi("When and where"))
        app.find(re.escape(vi("Date of the activity")) + r": \d.*", "push button")
        app.take_focus()
        desktop.keys("ctrl+comma")
        app.page(vi("Settings"))
        switch = app.find(re.escape(vi("High contrast")), "toggle button|switch|check box")
        tap.check(switch.has("checked") or switch.has("pressed"), name, str(switch.bits))

    restarts(tap, desktop, "Today", name, goes_on)


def main():
    tap = Tap()
    vietnamese = ("Chị đã làm việc gì.*", "Buổi truyền thông.*", "Đối thoại chính sách.*")
    with Desktop() as desktop:
        # A new store greets first: in Vietnamese too.
        app = Tablet(desktop, desktop.folder / "new.db", LC_ALL="C")
        try:
            app.find(".*(Bắt đầu|Chào).*")
            tap.check(True, "the first page speaks Vietnamese under LC_ALL=C")
        except NotThere as error:
            tap.check(False, "the first page speaks Vietnamese under LC_ALL=C", str(error))
        app.quit()

        enrol(desktop, Collector(desktop.folder).init(), desktop.folder / "soban.db", "Máy bản", "03388")
        shows(tap, desktop, "LC_ALL=C: Vietnamese", vietnamese, LC_ALL="C")
        shows(tap, desktop, "LC_ALL=C.UTF-8: Vietnamese", vietnamese, LC_ALL="C.UTF-8")
        shows(tap, desktop, "LANG and LANGUAGE of another country: Vietnamese", vietnamese, LC_ALL="", LANG="de_DE.UTF-8", LANGUAGE="de")
        shows(tap, desktop, "--language=en: English", ("What did you do.*", "Communication session.*"), "--language=en", LC_ALL="C")

        switches(tap, desktop)
        contrasts(tap, desktop)

        text = desktop.run(SOBAN, "--help", LC_ALL="C")
        tap.check("Sổ Bản" in text and "Mở" in text, "--help speaks Vietnamese under LC_ALL=C", text)
    tap.done()


main()
