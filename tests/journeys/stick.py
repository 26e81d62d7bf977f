# SPDX-License-Identifier: GPL-3.0-or-later
"""No network anywhere: a stick goes from a tablet to the commune and back with the receipt, and on to a second tablet, all through
the windows of the tablets."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, stop  # noqa: E402
from record_journey import COMMUNE, SCOPE, TODAY, add  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, sync_tool, vi  # noqa: E402
from tap import Tap  # noqa: E402

EVENTS = ("Ngày hội Gia đình", "Hội thi Phụ nữ làm kinh tế", "Lễ ra mắt câu lạc bộ")


def open_stick_part(app):
    app.page(vi("What did you do?"))
    app.take_focus()
    app.desktop.keys("ctrl+s")
    app.press(re.escape(vi("No network? Use a memory stick")), "push button")


def use_stick(app, button, stick, msgid):
    """Presses one of the stick's buttons, chooses the stick, and waits for what is said then."""
    app.press_text(button)
    app.name_file(stick)
    words = re.escape(vi(msgid)).replace("%u", r"\d+").replace("%s", ".*")
    return app.find(f".*{words}.*", "label").name


def number_in(text):
    return int(re.search(r"\d+", text).group())


def from_first(tap, desktop, collector, store, stick):
    app = Tablet(desktop, store)
    try:
        open_stick_part(app)
        told = use_stick(app, "Write to the stick for the commune…", stick, "%s: %s. Take it to the commune. Everything stays on this tablet until the commune confirms it.")
        tap.check(number_in(told) == len(EVENTS) and any(stick.iterdir()), "the tablet writes its changes to the stick, and says how many", told)
        collector.run("import-bundle", stick, "--receipt", stick)
        tap.check(True, "the commune takes the stick in and writes its receipt")
        told = use_stick(app, "Read what is on the stick…", stick, "The commune has received %u change of yours. ")
        tap.check(number_in(told) == len(EVENTS), "the tablet reads the receipt, and says what the commune has", told)
        app.find(pattern(vi("The commune has received everything")), "label")
        tap.check(True, "then nothing waits to be sent any more")
        use_stick(app, "Write to the stick for another tablet…", stick, "%s: %s. Put the stick into the other tablet and read it there.")
        tap.check(True, "the tablet writes the stick for another tablet")
    finally:
        app.quit()


def to_second(tap, desktop, store, stick):
    app = Tablet(desktop, store)
    try:
        open_stick_part(app)
        told = use_stick(app, "Read what is on the stick…", stick, "%u change of others is new here.")
        app.open_records()
        for title in EVENTS:
            app.find(re.escape(title) + ",.*", "list item")
        tap.check(True, "the second tablet reads it and shows the records")
        tap.check(number_in(told) == len(EVENTS), "it says how many are new", told)
    finally:
        app.quit()


def main():
    tap = Tap()
    with Desktop(700, 1100, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        first, second, stick = (desktop.folder / name for name in ("first.db", "second.db", "usb"))
        stick.mkdir()
        for store, name in ((first, "Máy của chị Mẩy"), (second, "Máy của anh Páo")):
            enrol(desktop, collector, store, name, SCOPE)
            # Once over the network, at the office: by that the tablets know the collector's keys and each other's.
            sync_tool(desktop, "sync", "--store", store)
        sync_tool(desktop, "sync", "--store", first)
        stop(collector.process)
        for title in EVENTS:
            add(desktop, first, "event", {"title": title, "activity_date": str(TODAY), "commune_id": SCOPE})
        try:
            from_first(tap, desktop, collector, first, stick)
            to_second(tap, desktop, second, stick)
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        for store in (first, second):
            _, records, faults = show_store(store)
            kept = sorted(fields["title"] for fields in records.values() if fields["form"] == "event")
            tap.check(kept == sorted(EVENTS) and not faults, f"{store.name} has them all and is sound", [str(kept), *faults])
        text = collector.serve().get("/records")
        tap.check(all(title in text for title in EVENTS) and COMMUNE in text, "the officer sees them", text)
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
