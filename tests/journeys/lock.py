# SPDX-License-Identifier: GPL-3.0-or-later
"""The PIN: set in the settings, locked and opened by keys and by the screen reader's way, nothing of the records in sight meanwhile; wrong ones
are slowed down, over a restart, too; forgotten, a new enrolment of the office opens the tablet. What was being written is there."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from record_journey import SCOPE, TODAY, add  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, sync_tool, vi  # noqa: E402
from tap import Tap  # noqa: E402

PIN = "2580"
EVENT = "Ngày hội Gia đình"
WORD = "chợ phiên Nà Lầu"
QUESTION = "Name of the village (if not listed)"
WRONG = "This is not the PIN. Try again."


def enter(app, pin):
    """On the keyboard."""
    app.take_focus()
    app.find(r".*\d.*|" + re.escape(vi("No digit yet")), "label")
    app.desktop.type(pin)
    app.desktop.keys("Return")


def press_pin(app, pin):
    """As a screen reader does: the keys on the screen, by their names."""
    for digit in pin:
        app.press(digit, "push button")
    app.press(re.escape(vi("OK")), "push button")


def is_locked(app):
    app.find(re.escape(vi("Enter the PIN")), "label")


def everything_told(app):
    """All that the program tells a screen reader: also what its cache holds that is not on the screen."""
    name = app.desktop.accessible.find(app.process.pid)
    items = app.desktop.accessible.call(name, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")
    return [item[6] for item in items] + [node.text for node in app.nodes()]


def set_pin(tap, app):
    app.page(vi("What did you do?"))
    app.take_focus()
    app.desktop.keys("ctrl+comma")
    app.page(vi("Settings"))
    app.open_row(re.escape(vi("Set a PIN")) + ".*")
    app.find(re.escape(vi("Choose a PIN of 4 to 8 digits")), "label")
    enter(app, PIN)
    app.find(re.escape(vi("The same PIN once more")), "label")
    enter(app, "1111")
    app.find(pattern(vi("The two were not the same. Choose it once more.")), "label")
    enter(app, PIN)
    app.find(re.escape(vi("The same PIN once more")), "label")
    enter(app, PIN)
    app.find(pattern(vi("The PIN is set. It is asked for when the program opens.")), "label")
    app.open_row(re.escape(vi("Lock now")) + ".*")
    is_locked(app)
    tap.check(True, "a PIN is set, typed twice, and the tablet can be locked")


def lock_while_writing(tap, app):
    """A record's list behind, a word being written in front."""
    press_pin(app, PIN)
    app.page(vi("Settings"))
    app.go_home()
    app.open_records()
    app.find(re.escape(EVENT) + ",.*", "list item")
    app.go_home()
    app.begin("Communication session")
    app.press_text("Today", "")
    app.choose(vi("Village"), "", vi("Another village, not in the list"))
    app.fill(re.escape(vi(QUESTION)), WORD)
    app.take_focus()
    app.tab_to(re.escape(vi(QUESTION)), "text|entry")
    app.desktop.keys("End")
    app.desktop.keys("ctrl+shift+l")
    is_locked(app)
    told = "\n".join(everything_told(app))
    for secret in (WORD, EVENT, vi(QUESTION), vi("What did you do?"), PIN):
        tap.check(secret not in told, f"locked: {secret!r} is nowhere", told)
    enter(app, "0000")
    app.find(re.escape(vi(WRONG)), "label")
    for keys in ("ctrl+l", "ctrl+f", "F10", "F1", "alt+Home", "alt+Left", "ctrl+Return"):
        app.desktop.keys(keys)
    press_pin(app, PIN)
    field = app.find(re.escape(vi(QUESTION)), "text|entry")
    tap.check(field.text == WORD, "unlocked: the same page, with the word", field.text)
    app.take_focus()
    app.desktop.type(" 2")
    wait_for("the keyboard to be where it was", lambda: app.find(re.escape(vi(QUESTION)), "text|entry").text == WORD + " 2")
    tap.check(True, "the keyboard stands where it stood")


def restart_locked(tap, desktop, store, app):
    """kill -9 while locked: the draft is in the ledger, the PIN is asked for."""
    app.desktop.keys("ctrl+shift+l")
    is_locked(app)
    app.kill()
    drafts, _, faults = show_store(store)
    texts = [value for fields in drafts.values() for value in fields.values()]
    tap.check(WORD + " 2" in texts and not faults, "killed while locked: the draft is kept", texts)
    app = Tablet(desktop, store)
    is_locked(app)
    told = "\n".join(everything_told(app))
    tap.check(WORD not in told and vi("What did you do?") not in told, "the app opens locked", told)
    return app


def slow_down(tap, desktop, store, app):
    for _ in range(5):
        enter(app, "0000")
        app.find(re.escape(vi(WRONG)) + "|.*30.*|.*[12][0-9].*", "label")
        app.gone(re.escape(vi("One moment…")), "label")
    sentence = pattern(vi("Too many wrong PINs. Try again in %u second.").split("%u")[0])
    app.find(sentence, "label")
    tap.check(app.quit() == 0, "the app ends cleanly")
    app = Tablet(desktop, store)
    app.find(sentence, "label")
    tap.check(True, "after five wrong ones it says how long to wait, after a restart, too")
    return app


def forgotten(tap, desktop, collector, app):
    path = desktop.folder / "lai.enrolment"
    collector.enrol("Máy bản, lại", [SCOPE], path)
    app.take_focus()
    app.tab_to(pattern(vi("_Forgotten the PIN?")), "push button")
    desktop.keys("Return")
    app.page(vi("The PIN is forgotten"))
    app.tab_to(pattern(vi("I have an enrolment _file")), "push button")
    desktop.keys("Return")
    app.find(role="table|list|list box|tree table")
    app.take_focus()
    desktop.type(str(path))
    desktop.keys("Return")
    app.page(vi("What did you do?"))
    app.open_records()
    app.find(re.escape(EVENT) + ",.*", "list item")
    tap.check(True, "forgotten: a new enrolment of the office opens the tablet, with all its records")


def main():
    tap = Tap()
    with Desktop(700, 1000, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        store = desktop.folder / "soban.db"
        enrol(desktop, collector, store, "Máy bản", SCOPE)
        add(desktop, store, "event", {"title": EVENT, "activity_date": str(TODAY), "commune_id": SCOPE})
        app = Tablet(desktop, store)
        try:
            set_pin(tap, app)
            lock_while_writing(tap, app)
            app = restart_locked(tap, desktop, store, app)
            app = slow_down(tap, desktop, store, app)
            forgotten(tap, desktop, collector, app)
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
        _, records, faults = show_store(store)
        tap.check(not faults and any(fields.get("title") == EVENT for fields in records.values()), "the ledger is sound", faults)
        told = sync_tool(desktop, "sync", "--store", store)
        tap.check(told is not None, "the tablet sends under its new enrolment")
    tap.done()


main()
