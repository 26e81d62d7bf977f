# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with the app, in the words of the person: for journeys."""

import gettext
import os
import re
import subprocess

from journey import App, NotThere, wait_for
from tap import BUILD, SOURCE

SOBAN = BUILD / "app" / "soban"
SOBAN_SYNC = BUILD / "sync" / "tools" / "soban-sync"
# What GTK calls the line for the name in its chooser; its texts come in Vietnamese where they are installed.
FILE_NAME = "Tên:|_?Name:?.*"
SHOW_STORE = BUILD / "tests" / "journeys" / "show-store"

_catalogue = gettext.translation("soban", BUILD / "po", ["vi"])


def vi(msgid):
    """The Vietnamese of a text of the app, without the mark of its key. (Of a text with a number, by its form for one.)"""
    text = _catalogue.gettext(msgid)
    return (_catalogue.ngettext(msgid, msgid, 1) if text == msgid else text).replace("_", "")


def pattern(words, rest=".*"):
    """Matches what is named by `words`, a key mark and what follows the name left aside. (GTK 4.8 names a button "_Next Next".)"""
    return ".*" + re.escape(words) + rest


def label_of(code):
    """The name of a commune of today, as the lists show it."""
    kinds = {"xa": "xã", "phuong": "phường", "dac_khu": "đặc khu"}
    for line in (SOURCE / "schema" / "reference" / "units.tsv").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if cells[0] == code and not cells[6:7][0]:
            return f"{kinds[cells[2]]} {cells[3]}"
    raise KeyError(code)


class Tablet(App):
    """The app on a desktop, opened on a store."""

    def __init__(self, desktop, store, *options, **env):
        super().__init__(desktop, SOBAN, "--store", store, *options, **env)

    def press_text(self, msgid, rest=".*"):
        """Presses the button whose text in the sources is `msgid`."""
        self.press(pattern(vi(msgid), rest), "push button|toggle button")

    def page(self, heading):
        return self.find(re.escape(heading), "label")

    def choose(self, question, search, item):
        """Opens the list of a question, searches in it, and takes `item` with the keyboard."""
        self.press(re.escape(question) + "(: .*)?", "push button")
        self.fill(None, search)
        self.find(re.escape(item), "list item")
        self.take_focus()
        if self.find(role="list item").name != item:
            self.tab_to(re.escape(item), "list item")
        self.desktop.keys("Return")
        self.find(re.escape(question) + ": " + re.escape(item), "push button")

    def mark(self, choice):
        """Takes a choice that is seen on the page, with the keyboard: GTK 4.8 gives check marks no action."""
        self.take_focus()
        self.tab_to(re.escape(choice), "check box|radio button")
        self.desktop.keys("space")
        wait_for(f"{choice!r} to be marked", lambda: any(n.has("checked") for n in self.find_all(re.escape(choice), "check box|radio button")))

    def write(self, question, text):
        """Writes into the field of a question."""
        self.fill(re.escape(question), text)

    def fill(self, name, text):
        self._do(name, "text|entry|spin button", lambda node: node.set_text(text))

    def choose_in_menu(self, button, item):
        """Opens a menu, both named by their msgids, and takes an item of it with the keyboard."""
        self.take_focus()
        self.press(re.escape(vi(button)), "push button|toggle button")
        self.find(re.escape(vi(item)), "menu item")
        self.tab_to(re.escape(vi(item)), "menu item", key="Down")
        self.desktop.keys("Return")

    def name_file(self, path):
        """Answers GTK's own chooser of files: writes the path and presses Enter. (A / opens the line where there is none.)"""
        self.find(role="list|table|list box|tree table")
        self.find(r"GtkSearchEntry")
        self.take_focus()
        if self.find_all(FILE_NAME, "text|entry"):
            self.desktop.keys("ctrl+a")
        self.desktop.type(str(path))
        wait_for("the path to be written", lambda: any(n.text == str(path) for n in self.find_all(role="text|entry")))
        self.desktop.keys("Return")
        self.gone("GtkSearchEntry")

    def next(self):
        """Next, once."""
        self.press_text("_Next")

    def complete(self):
        """From the review, which must be on the screen."""
        self.page(vi("Look it over once more"))
        self.press_text("_Complete")

    def go_home(self):
        self.desktop.keys("alt+Home")
        self.page(vi("What did you do?"))

    def begin(self, form):
        """Opens a new form, by its title's msgid, from the home page."""
        self.press(pattern(vi(form), ", .*"), "push button")

    def open_records(self):
        self.take_focus()
        self.desktop.keys("ctrl+l")
        self.find(re.escape(vi("Search, with or without accents")), "entry")

    def search(self, words):
        self.fill(re.escape(vi("Search, with or without accents")), words)

    def open_row(self, name):
        """Opens a row of a list with the keyboard: GTK 4.8 gives rows no action."""
        self.find(name, "list item")
        self.take_focus()
        self.tab_to(name, "list item")
        self.desktop.keys("Return")

    def is_answered(self, question, answer):
        """Whether a record's page shows the answer of a question: the label after the question's, and not in the history."""
        texts = [node.name for node in self.find_all(role="label")]
        texts = texts[:texts.index(vi("History"))] if vi("History") in texts else texts
        return any(pair == (question, answer) for pair in zip(texts, texts[1:]))

    def answer(self, question, answer):
        """Waits for that answer."""
        try:
            wait_for(f"{question!r} to be answered {answer!r}", lambda: self.is_answered(question, answer))
        except NotThere as error:
            raise NotThere(f"{error}; there are: {self.outline()}") from None

    def correct(self, question, answer):
        """From a record's page: one number or text is written anew, and the record completed again."""
        self.press_text("_Correct")
        self.press(re.escape(question) + ": .*", "push button")
        self.write(question, answer)
        self.choose_in_menu("More", "Go to the _review")
        self.find(re.escape(f"{question}: {answer}"), "push button")
        self.complete()

    def save_report(self, item, path):
        """On the report's page: writes it to a file by an item of its menu."""
        self.choose_in_menu("Save or print", item)
        self.name_file(path)
        wait_for(f"{path.name} to be written", path.exists)


def sync_tool(desktop, *arguments, stdin=None):
    return desktop.run(SOBAN_SYNC, *arguments, stdin=stdin)


def enrol(desktop, collector, store, name, *scopes):
    """Makes the store a tablet's of these communes."""
    enrolment = desktop.folder / f"{name}.enrolment"
    collector.enrol(name, scopes, enrolment)
    sync_tool(desktop, "enrol", "--store", store, enrolment)


def show_store(store):
    """(fields of drafts, fields of records, faults) as show-store prints them: {id: {path: value}}"""
    done = subprocess.run(
        [SHOW_STORE, store, SOURCE / "schema"], capture_output=True, text=True, check=False, timeout=60,
        env=dict(os.environ, SOBAN_LOCALE_DIR=str(BUILD / "po")),
    )
    if done.returncode != 0:
        raise NotThere(f"the store does not open: {done.stderr}")
    found = {"draft": {}, "record": {}}
    faults = []
    for line in done.stdout.splitlines():
        cells = line.split("\t")
        if cells[0] == "fault":
            faults.append(cells[1])
            continue
        kind, record, form, path, value = cells
        fields = found[kind].setdefault(record, {"form": form})
        fields[path] = value.encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8")
    return found["draft"], found["record"], faults
