# SPDX-License-Identifier: GPL-3.0-or-later
"""What each kind of record goes through, by a person's means: filled in, completed, corrected, a value put back from its history,
deleted and brought back, searched for, sent, and counted in a report that is opened again."""

import json
import re
import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Callable

from collector import Collector, links_of
from journey import Desktop, NotThere
from report_file import Pdf, Workbook
from tablet import Tablet, enrol, label_of, pattern, show_store, sync_tool, vi
from tap import Tap

CODE = "03388"
SCOPE = f"{CODE}@2025-07-01"
COMMUNE = label_of(CODE)
TEAM = "Tổ truyền thông bản Nà Lùng"
ADDRESS = "Địa chỉ tin cậy chợ Mường So"
TODAY = date.today()
A4_PT = (595, 842)


@dataclass
class Kind:
    """One form of the four, and what is written into it."""

    form: str
    title: str  # msgid of its name
    fill: Callable  # fill(app), from the first page to the review
    row: str  # what its row in the list begins with
    search: str  # finds it, without accents
    other_row: str  # what the row of another record begins with, which these words do not find
    question: str  # the number that is corrected, by its label
    path: str
    first: int  # what was written at first, and is put back
    second: int  # what it is corrected to
    expected: dict  # other answers that the record must hold
    others: list = field(default_factory=list)  # answers of more records of this form that are on the tablet already
    sums: dict = field(default_factory=dict)  # msgid of an indicator -> what the report must count
    links: tuple = ()  # patterns of the links by which the officer comes from the sums to the record


def add(desktop, store, form, fields):
    """A record that was there before, put in by the tools; its id."""
    line = json.dumps({"form": form, "scope": SCOPE, "fields": fields}, ensure_ascii=False)
    return sync_tool(desktop, "add", "--store", store, "--batch", "-", "--as-is", stdin=line + "\n").split()[-1]


def prepare(desktop, collector, store, kind):
    """An enrolled tablet that knows its team, and on which others have written."""
    enrol(desktop, collector, store, "Máy của chị Mẩy", SCOPE)
    ids = {
        name: add(desktop, store, form, {"name": name, "commune_id": SCOPE, "status": "active"})
        for form, name in (("communication_team", TEAM), ("trusted_address", ADDRESS))
    }
    for fields in kind.others:
        add(desktop, store, kind.form, {path: ids.get(value, value) for path, value in fields.items()})


def begin_activity(app, title, village):
    """The first page of an activity: where and when."""
    app.begin(title)
    app.page(vi("When and where"))
    app.press_text("Today", "")
    app.choose(vi("Village"), "", vi("Another village, not in the list"))
    app.write(vi("Name of the village (if not listed)"), village)
    app.next()


def count_people(app, heading, total, female, minority):
    """The page with the numbers of people; the men are derived."""
    app.page(vi("Who took part"))
    app.write(heading, str(total))
    app.write(vi("Of whom: women"), str(female))
    app.write(vi("Of whom: ethnic minority"), str(minority))
    app.find(pattern(f" {total - female}", ""), "label")
    app.next()


def fill_session(app, village="Bản Nậm Ngặt thượng"):
    """A communication session, from the home page to the review."""
    begin_activity(app, "Communication session", village)
    app.page(vi("What it was about"))
    app.choose(vi("Communication team"), "na lung", TEAM)
    app.mark(vi("Preventing domestic violence"))
    app.choose(vi("Method"), "rieng", vi("Separate communication session"))
    app.next()
    count_people(app, vi("Total participants"), 32, 20, 30)


def without_ids(fields):
    """Repeats by their path alone: "opinion[]/text"."""
    return {re.sub(r"\[[^]]*\]", "[]", path): value for path, value in fields.items()}


class RecordJourney:
    def __init__(self, kind, locale):
        self.kind = kind
        self.locale = locale
        self.tap = Tap()
        self.row = re.escape(kind.row) + ".*, " + re.escape(vi(kind.title)) + ".*"

    def run(self):
        with Desktop(600, 1000, self.locale) as desktop, Collector(desktop.folder) as collector:
            store = desktop.folder / "soban.db"
            prepare(desktop, collector, store, self.kind)
            app = Tablet(desktop, store)
            try:
                for step in (self.write, self.correct, self.put_back, self.delete_and_undo, self.search, self.send, self.report):
                    step(app)
            except NotThere as error:
                self.tap.check(False, "the journey goes on", str(error))
            self.tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
            self.judge_store(store)
            self.judge_collector(collector)
        self.tap.done()

    def write(self, app):
        app.page(vi("What did you do?"))
        self.kind.fill(app)
        app.complete()
        app.page(vi("What did you do?"))
        this_month = 1 + len(self.kind.others)
        app.find(pattern(vi(self.kind.title), rf", {this_month} .*"), "push button")
        self.tap.check(True, "it is filled in and completed, and the home page counts it")

    def open_record(self, app):
        app.open_records()
        app.open_row(self.row)
        app.answer(self.kind.question, str(self.kind.first))

    def correct(self, app):
        self.open_record(app)
        app.correct(self.kind.question, str(self.kind.second))
        app.find(pattern(vi("_Correct")), "push button")
        app.answer(self.kind.question, str(self.kind.second))
        self.tap.check(True, "it is corrected, and its page shows the new number")

    def put_back(self, app):
        kind = self.kind
        app.press(re.escape(vi("History")), "push button")
        # A page that is read anew in the moment of the press (the receipt of a sync has come) takes its button away: a person presses again.
        back = re.escape(vi("Put back %s: %s") % (kind.question, kind.first))
        app.press_until(back, "push button", lambda: app.is_answered(kind.question, str(kind.first)))
        app.answer(kind.question, str(kind.first))
        self.tap.check(True, "the number before is put back from the history")

    def delete_and_undo(self, app):
        app.press_text("_Delete")
        app.find(re.escape(vi("The record is deleted")), "label")
        app.gone(self.row, "list item")
        app.desktop.keys("ctrl+z")
        app.find(self.row, "list item")
        self.tap.check(True, "it is deleted, and undo brings it back")

    def search(self, app):
        app.open_records()
        everything = len(app.find_all(role="list item"))
        app.search(self.kind.search)
        app.find(self.row, "list item")
        app.gone(re.escape(self.kind.other_row) + ",.*", "list item")
        found = len(app.find_all(role="list item"))
        app.search("khong co gi nhu vay")
        app.gone(self.row, "list item")
        self.tap.check(0 < found < everything, "it is found by words without accents, and others are not", f"{found} of {everything}")
        app.search("")
        app.find(self.row, "list item")

    def send(self, app):
        app.take_focus()
        app.desktop.keys("ctrl+s")
        app.press_text("_Send and receive now")
        app.find(pattern(vi("The commune has received everything")), "label")
        app.go_home()
        self.tap.check(True, "it is sent")

    def report(self, app):
        app.press_text("Reports: month, quarter, year")
        for label, total in self.kind.sums.items():
            app.find(re.escape(f"{vi(label)}: {total}"), "push button")
        app.save_report("Save as PDF…", app.desktop.folder / "thang.pdf")
        pdf = Pdf(app.desktop.folder / "thang.pdf")
        app.save_report("Save as a spreadsheet…", app.desktop.folder / "thang.xlsx")
        book = Workbook(app.desktop.folder / "thang.xlsx")
        self.judge_pdf(pdf)
        self.judge_workbook(book)

    def judge_pdf(self, pdf):
        told = {label: pdf.number(vi(label)) for label in self.kind.sums}
        self.tap.check(told == {label: str(total) for label, total in self.kind.sums.items()}, "the PDF says the sums", [str(told), pdf.text])
        self.tap.check(COMMUNE in pdf.text and f"{TODAY.month} năm {TODAY.year}" in pdf.text, "the PDF says which commune and month", pdf.text)
        order = [pdf.text.find(vi(msgid)) for msgid in ("By village", "By team", "(signature, full name)")]
        self.tap.check(-1 < order[0] < order[1] < order[2], "then what they are made of by village and team, and at the end a place to sign", pdf.text)
        info = pdf.info()
        size = tuple(round(float(number)) for number in re.findall(r"[\d.]+", info["Page size"])[:2])
        ink = pdf.ink()
        self.tap.check(size == A4_PT and all(0.001 < part < 0.5 for part in ink), "its pages are A4 and drawn", [str(info), str(ink)])

    def judge_workbook(self, book):
        told = {label: book.row(vi(label)).get("C") for label in self.kind.sums}
        self.tap.check(told == self.kind.sums, "the spreadsheet holds the sums as numbers", [str(told), *map(str, book.rows)])
        parts = {(label, sheet): book.division(sheet, vi(label), vi("Total")) for label in self.kind.sums for sheet in (1, 2)}
        agree = all(parted == total == self.kind.sums[label] for (label, _), (parted, total) in parts.items())
        self.tap.check(agree, "its parts by village and by team are the sums", str(parts))

    def judge_store(self, store):
        drafts, records, faults = show_store(store)
        written = [without_ids(fields) for fields in records.values() if fields.get(self.kind.path) == str(self.kind.first)]
        expected = {"form": self.kind.form, **self.kind.expected}
        wrong = [f"{path}: {written[0].get(path)!r}" for path, value in expected.items() if written and written[0].get(path) != value]
        self.tap.check(len(written) == 1 and not wrong and not drafts, "the record holds what was written", wrong + [str(records), str(drafts)])
        self.tap.check(not faults, "the store is sound", faults)

    def judge_collector(self, collector):
        try:
            path, text = collector.follow("/?period=all", *self.kind.links)
            pages = [collector.get(link) for link in sorted(set(links_of(text))) if link.startswith("/record/")]
            found = [page for page in pages if self.kind.row in page and str(self.kind.first) in page and "Máy của chị Mẩy" in page]
            self.tap.check(len(found) == 1, "the officer finds it by opening the sum", [path, *links_of(text)])
        except NotThere as error:
            self.tap.check(False, "the officer finds it by opening the sum", str(error))
        collector.run("check")
        self.tap.check(True, "the collector's data is sound")


def run(kind):
    """The whole journey, in the locale that the command line names."""
    RecordJourney(kind, sys.argv[1] if len(sys.argv) > 1 else "vi_VN.UTF-8").run()
