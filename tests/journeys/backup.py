# SPDX-License-Identifier: GPL-3.0-or-later
"""Backing up to a file and restoring from it, in the window; a damaged ledger: the last backup is offered, the damaged file is kept,
and what comes back is a tablet like any other."""

import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from record_journey import SCOPE, TODAY, add  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import Tap  # noqa: E402

EVENTS = ("Ngày hội Gia đình", "Hội thi Phụ nữ làm kinh tế")
PAGE = 4096  # of SQLite


def open_settings(app):
    app.go_home()
    app.take_focus()
    app.desktop.keys("ctrl+comma")
    app.page(vi("Settings"))


def row_of(title):
    return re.escape(title) + ",.*"


def delete(app, title):
    app.open_records()
    app.open_row(row_of(title))
    app.press_text("_Delete")
    told(app, vi("The record is deleted"))
    app.gone(row_of(title), "list item")


def told(app, words):
    """Waits for a message at the bottom of the window that has these words."""
    return app.find(pattern(words), "label").name


def back_up(tap, app, path):
    open_settings(app)
    app.open_row(re.escape(vi("Back up to a file")) + ".*")
    app.name_file(path)
    message = told(app, vi("Backed up and checked: %u records, %u drafts").split(":")[0])
    tap.check(re.findall(r"\d+", message) == [str(len(EVENTS)), "0"] and path.exists(), "it is backed up, and says how much", message)


def restore(tap, app, path):
    open_settings(app)
    app.open_row(re.escape(vi("Restore from a file")) + ".*")
    app.name_file(path)
    app.press_text("_Restore", "")
    message = told(app, vi("The backup is restored. The former ledger is kept as %s.").split("%s")[0])
    kept = Path(message.split()[-1].rstrip("."))
    tap.check(kept.exists(), "it is restored; the program starts anew and says where the former ledger is", message)
    return kept


def check_events(tap, store, titles, name):
    _, records, faults = show_store(store)
    kept = sorted(fields["title"] for fields in records.values() if fields["form"] == "event" and fields.get(".deleted") != "1")
    tap.check(kept == sorted(titles) and not faults, name, [str(kept), *faults])


def by_file(tap, desktop, store):
    path = desktop.folder / "sao-luu.db"
    app = Tablet(desktop, store)
    try:
        app.page(vi("What did you do?"))
        back_up(tap, app, path)
        delete(app, EVENTS[0])
        kept = restore(tap, app, path)
        app.open_records()
        app.find(row_of(EVENTS[0]), "list item")
        app.find(row_of(EVENTS[1]), "list item")
        tap.check(True, "what was deleted after the backup is there again")
    finally:
        app.quit()
    check_events(tap, store, EVENTS, "the restored ledger is sound")
    check_events(tap, kept, EVENTS[1:], "the former ledger is sound, as it was left")
    return path


def damage(store):
    """As a bad memory card does it: a page in the middle, and the beginning."""
    for end in ("-wal", "-shm"):
        store.with_name(store.name + end).unlink(missing_ok=True)
    data = bytearray(store.read_bytes())
    data[PAGE:2 * PAGE] = bytes(PAGE)
    data[:64] = b"\xff" * 64
    store.write_bytes(data)
    return bytes(data)


def after_damage(tap, desktop, store, backup):
    shutil.copy(backup, store.with_name(store.name + ".backup"))
    broken = damage(store)
    app = Tablet(desktop, store)
    try:
        app.page(vi("The ledger is damaged"))
        tap.check(store.read_bytes() == broken, "a damaged ledger is said, and not touched")
        app.press_text("_Restore the backup", "")
        app.page(vi("What did you do?"))
        app.open_records()
        for title in EVENTS:
            app.find(row_of(title), "list item")
        tap.check(True, "the last backup is offered and restored")
        kept = [path for path in store.parent.iterdir() if path.is_file() and path != store and path.stat().st_size == len(broken) and path.read_bytes() == broken]
        tap.check(len(kept) == 1, "the damaged file is kept aside, byte by byte", [path.name for path in store.parent.iterdir()])
        app.take_focus()
        app.desktop.keys("ctrl+s")
        app.press_text("_Send and receive now")
        app.find(pattern(vi("The commune has received everything")), "label")
        tap.check(True, "the restored tablet sends, like any other")
    finally:
        app.quit()


def main():
    tap = Tap()
    with Desktop(700, 1000, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        store = desktop.folder / "soban.db"
        enrol(desktop, collector, store, "Máy bản", SCOPE)
        for title in EVENTS:
            add(desktop, store, "event", {"title": title, "activity_date": str(TODAY), "commune_id": SCOPE})
        # What is deleted after the backup is not to be told to the commune, from where it would be deleted again.
        collector.stop()
        try:
            backup = by_file(tap, desktop, store)
            collector.serve(collector.port)
            after_damage(tap, desktop, store, backup)
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        check_events(tap, store, EVENTS, "the ledger is sound")
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
