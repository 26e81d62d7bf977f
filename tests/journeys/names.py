# SPDX-License-Identifier: GPL-3.0-or-later
"""Names as people have them go in at the form and come back equal everywhere: an apostrophe in the middle, signs that mean something
to XML, letters in pieces (NFD), Tai Viet. And a paste of 10 MB is not let in, and said."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from record_journey import SCOPE, begin_activity, count_people  # noqa: E402
from report_file import Pdf, Workbook  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import SOURCE, Tap  # noqa: E402

IN_PIECES = unicodedata.normalize("NFD", "Nguyễn Thị Hường")
NAMES = ("H'Hen Niê", "A & B <c>", IN_PIECES, "ꪎꪲꪙ ꪒꪾ")
TYPED = ", ".join(NAMES)
WHOLE = unicodedata.normalize("NFC", TYPED)
SEARCHES = ("h'hen nie", "a & b <c>", "nguyen thi huong", NAMES[3])
PASTE_BYTES = 10 << 20
TOO_LONG = "That is too long for one answer and was not put in. What was there before is kept."


def plain(text):
    """What a reader reads: pieces put together, and no blanks, of which a page has its own."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def say_who_writes(tap, app):
    app.desktop.keys("ctrl+comma")
    app.page(vi("Settings"))
    app.take_focus()
    # GTK 4.8 does not tell that the keyboard is in such a row: it is the one above.
    app.tab_to(re.escape(vi("Several people write on this tablet")) + ".*", "list item")
    app.desktop.keys("shift+Tab")
    app.fill(re.escape(vi("Your name")), TYPED)
    app.desktop.keys("Return")
    app.go_home()
    wait_for("the name on the home page", lambda: any(plain(WHOLE) in plain(node.name) for node in app.find_all(role="label")))
    tap.check(True, "the home page calls the person by the name")


def paste(tap, app):
    """Into the field that holds the names already."""
    huge = app.desktop.folder / "huge.txt"
    huge.write_text("Bản Nậm Ngặt " * (PASTE_BYTES // len("Bản Nậm Ngặt ".encode())), encoding="utf-8")
    helper = [sys.executable, SOURCE / "tests" / "support" / "clipboard.py", huge]
    with subprocess.Popen(helper, env=app.desktop.env, stdout=subprocess.PIPE, text=True) as clipboard:
        try:
            tap.check(clipboard.stdout.readline() == "ready\n", "10 MB are on the clipboard")
            app.take_focus()
            app.tab_to(re.escape(vi("Name of the contest / theme")), "text|entry")
            app.desktop.keys("End", "ctrl+v")
            app.page(vi(TOO_LONG))
        finally:
            clipboard.terminate()
    kept = app.find(re.escape(vi("Name of the contest / theme")), "text|entry").text
    tap.check(plain(kept) == plain(TYPED), "they are not let in, which is said; what was there is kept", kept[:200])


def fill(tap, app):
    begin_activity(app, "Event, contest, launch ceremony", "Bản Pá Uôn")
    app.page(vi("The event"))
    app.choose(vi("Kind of event"), "giao luu", vi("Exchange"))
    app.write(vi("Name of the contest / theme"), TYPED)
    paste(tap, app)
    app.next()
    count_people(app, vi("Total participants"), 12, 12, 11)
    app.complete()


def read_and_search(tap, app):
    app.open_records()
    row = ".*" + re.escape(WHOLE) + ".*"
    for words in SEARCHES:
        app.search(words)
        app.find(row, "list item")
    app.search("khong co ai")
    app.gone(row, "list item")
    tap.check(True, "each name finds the record, without accents too")
    app.search("")
    app.open_row(row)
    app.answer(vi("Name of the contest / theme"), WHOLE)
    tap.check(True, "the record's page shows the names")


def report(tap, app):
    app.go_home()
    app.press_text("Reports: month, quarter, year")
    app.save_report("Save as PDF…", app.desktop.folder / "thang.pdf")
    text = Pdf(app.desktop.folder / "thang.pdf").text
    tap.check(plain(WHOLE) in plain(text), "the PDF has the names where the person signs", text)
    app.save_report("Save as a spreadsheet…", app.desktop.folder / "thang.xlsx")
    texts = Workbook(app.desktop.folder / "thang.xlsx").texts()
    tap.check(plain(WHOLE) in map(plain, texts), "the spreadsheet has them", [text for text in texts if "Hen" in text])


def main():
    tap = Tap()
    with Desktop(700, 1000, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        store = desktop.folder / "soban.db"
        enrol(desktop, collector, store, "Máy bản", SCOPE)
        app = Tablet(desktop, store)
        try:
            app.page(vi("What did you do?"))
            app.take_focus()
            say_who_writes(tap, app)
            fill(tap, app)
            app.page(vi("What did you do?"))
            read_and_search(tap, app)
            report(tap, app)
            app.desktop.keys("ctrl+s")
            app.press_text("_Send and receive now")
            app.find(pattern(vi("The commune has received everything")), "label")
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
        _, records, faults = show_store(store)
        kept = [fields.get("title") for fields in records.values() if fields["form"] == "event"]
        tap.check(kept == [WHOLE] and not faults, "the record holds them letter by letter", [str(kept), *faults])
        page = collector.get("/records")
        tap.check("A &amp; B &lt;c&gt;" in page and "<c>" not in page and NAMES[3] in page, "the officer's page shows them, and takes none for markup", page[-2000:])
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
