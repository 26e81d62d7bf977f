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
SHOW_STORE = BUILD / "tests" / "journeys" / "show-store"

_catalogue = gettext.translation("soban", BUILD / "po", ["vi"])


def vi(msgid):
    """The Vietnamese of a text of the app, without the mark of its key."""
    return _catalogue.gettext(msgid).replace("_", "")


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
        if self.find_all(role="list item")[0].name != item:
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

    def next(self):
        """Next, once."""
        self.press_text("_Next")


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
