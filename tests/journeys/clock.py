# SPDX-License-Identifier: GPL-3.0-or-later
"""The tablet's clock falls back to 1970 while a form is open, as it does when the battery was out: what is written is saved and
completed, what is corrected then stands against what was written before, and all of it is sent."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere  # noqa: E402
from record_journey import TEAM, TODAY, SCOPE, add, fill_session  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import BUILD, Tap  # noqa: E402

CLOCK_LIBRARY = BUILD / "tests" / "sync" / "collector" / "libclock-file.so"


def write_in_1970(tap, app, clock):
    app.page(vi("What did you do?"))
    fill_session(app)
    app.page(vi("Saved on this tablet"))
    clock.write_text(str(-int(time.time())), encoding="ascii")
    app.press(pattern(vi("Total participants") + ": 32", ""), "push button")
    app.write(vi("Total participants"), "34")
    app.page(vi("Saving…"))
    app.page(vi("Saved on this tablet"))
    tap.check(True, "what is written after the clock fell is saved")
    app.choose_in_menu("More", "Go to the _review")
    app.complete()
    app.page(vi("What did you do?"))
    tap.check(True, "the form is completed with the clock in 1970")


def correct_in_1970(tap, app):
    app.open_records()
    app.open_row(".*" + vi("Communication session") + ".*")
    app.answer(vi("Date of the activity"), f"{TODAY.day}/{TODAY.month}/{TODAY.year}")
    app.correct(vi("Total participants"), "35")
    app.find(pattern(vi("_Correct")), "push button")
    app.answer(vi("Total participants"), "35")
    tap.check(True, "it is corrected, too: the later answer stands although its clock says 1970")


def send(tap, app, clock):
    clock.unlink()
    app.take_focus()
    app.desktop.keys("ctrl+s")
    app.press_text("_Send and receive now")
    app.find(pattern(vi("The commune has received everything")), "label")
    tap.check(True, "with the clock set right it is all sent")


def main():
    tap = Tap()
    with Desktop(600, 1000, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        store, clock = desktop.folder / "soban.db", desktop.folder / "clock"
        enrol(desktop, collector, store, "Máy bản", SCOPE)
        add(desktop, store, "communication_team", {"name": TEAM, "commune_id": SCOPE, "status": "active"})
        app = Tablet(desktop, store, LD_PRELOAD=str(CLOCK_LIBRARY), SOBAN_CLOCK_FILE=str(clock))
        try:
            write_in_1970(tap, app, clock)
            correct_in_1970(tap, app)
            send(tap, app, clock)
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
        drafts, records, faults = show_store(store)
        kept = [(fields["total"], fields["activity_date"]) for fields in records.values() if fields["form"] == "communication_session"]
        tap.check(kept == [("35", str(TODAY))] and not drafts and not faults, "one record, as it was written last", [str(kept), str(drafts), *faults])
        try:
            _, text = collector.follow("/?period=all", "/indicator/session_attendances", "unit=12%40", "unit=03388%40", "/record/")
            tap.check(">35<" in text, "the officer sees the last answer", text)
        except NotThere as error:
            tap.check(False, "the officer sees the last answer", str(error))
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
