# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: a team member opens a form, fills it in Vietnamese, completes it, sends it; the officer finds it on the pages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere  # noqa: E402
from tablet import Tablet, enrol, label_of, pattern, show_store, sync_tool, vi  # noqa: E402
from tap import Tap  # noqa: E402

CODE = "03388"
SCOPE = f"{CODE}@2025-07-01"
COMMUNE = label_of(CODE)
TEAM = "Tổ truyền thông bản Nà Lùng"
VILLAGE = "Bản Nậm Ngặt thượng"


def prepare(desktop, collector, store):
    """An enrolled tablet that knows its team, as it comes from the commune office."""
    enrol(desktop, collector, store, "Máy của chị Mẩy", SCOPE)
    team = f'{{"form": "communication_team", "scope": "{SCOPE}", "fields": {{"name": "{TEAM}", "commune_id": "{SCOPE}", "status": "active"}}}}'
    sync_tool(desktop, "add", "--store", store, "--batch", "-", "--as-is", stdin=team + "\n")


def fill_in(app):
    """The pages of a communication session, as the person sees them."""
    app.press(pattern(vi("Communication session"), ", .*"), "push button")
    app.page(vi("When and where"))
    app.press_text("Today", "")
    app.choose(vi("Commune or ward"), "doan ket", COMMUNE)
    app.choose(vi("Village"), "", vi("Another village, not in the list"))
    app.write(vi("Name of the village (if not listed)"), VILLAGE)
    app.next()

    app.page(vi("What it was about"))
    app.choose(vi("Communication team"), "na lung", TEAM)
    app.mark(vi("Preventing domestic violence"))
    app.choose(vi("Method"), "rieng", vi("Separate communication session"))
    app.next()

    app.page(vi("Who took part"))
    app.write(vi("Total participants"), "32")
    app.write(vi("Of whom: women"), "20")
    app.write(vi("Of whom: ethnic minority"), "30")
    app.find(pattern("12", ""), "label")  # men, derived
    app.next()


def complete(app):
    """Over the page that need not be filled in to the review, and there: complete."""
    app.page(vi("Look it over once more"))
    app.find(pattern(VILLAGE), "label|push button")
    app.press_text("_Complete")
    app.find(pattern(vi("What did you do?")), "label")


def send(app):
    app.press_text("_Send and receive now")
    app.find(pattern(vi("The commune has received everything")), "label")


def main():
    tap = Tap()
    with Desktop(900, 1000) as desktop, Collector(desktop.folder) as collector:
        store = desktop.folder / "soban.db"
        prepare(desktop, collector, store)
        app = Tablet(desktop, store)
        try:
            fill_in(app)
            tap.check(True, "the form is filled in, in Vietnamese, by the screen reader's interface and the keyboard")
            complete(app)
            tap.check(True, "the record is looked over and completed")
            app.find(role="push button", name=pattern(vi("Communication session"), ", 1.*"))
            tap.check(True, "the home counts it")
            desktop.keys("ctrl+s")
            send(app)
            tap.check(True, "the app says that the commune has received everything")
        except NotThere as error:
            tap.check(False, "the journey of the tablet", str(error))
        tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))

        drafts, records, faults = show_store(store)
        mine = [fields for fields in records.values() if fields["form"] == "communication_session"]
        expected = {"village_new": VILLAGE, "total": "32", "female": "20", "minority": "30", "topics": "02", "method": "own_session", "commune_id": SCOPE}
        tap.check(not drafts and len(mine) == 1, "one record and no draft is left", [str(drafts), str(records)])
        wrong = [f"{path}: {mine[0].get(path)!r}" for path, value in expected.items() if path != "village_new" and mine and mine[0].get(path) != value]
        tap.check(mine and not wrong, "the record holds what was written", wrong)
        tap.check(not faults, "the store is sound", faults)
        try:
            path, text = collector.follow("/?period=all", "/indicator/communication_sessions", "unit=12%40", f"unit={CODE}%40", "/record/")
            tap.check(VILLAGE in text and "Máy của chị Mẩy" in text, "the officer finds it by opening the sum", [path, text])
        except NotThere as error:
            tap.check(False, "the officer finds it by opening the sum", str(error))
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
