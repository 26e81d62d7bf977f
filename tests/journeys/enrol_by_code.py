# SPDX-License-Identifier: GPL-3.0-or-later
"""The first run: a tablet is linked with the commune office from its window, by the code and by the file, and sends and receives."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere  # noqa: E402
from tablet import Tablet, pattern, show_store, vi  # noqa: E402
from tap import Tap  # noqa: E402

CODE = "03388"
SCOPE = f"{CODE}@2025-07-01"
# What the client says when the key of the server is not the one in the code.
WRONG_CODE = "The code and the address do not belong together. Please check both. Nothing was sent."


def read_code(collector, name):
    """(address, code) as the office would write them down."""
    told = collector.run("enrol", "--name", name, "--scope", SCOPE, "--code", "--url", collector.url)
    code = re.search(r"\b(?:[0-9A-Z]{4}[- ]){5}[0-9A-Z]{4}\b", told)
    if not code:
        raise NotThere(f"no code in {told!r}")
    return collector.url, code.group()


def press_with_key(app, desktop, msgid):
    """By the keyboard: GTK 4.8 lets AT-SPI press what is on a page that is not shown yet."""
    app.tab_to(pattern(vi(msgid)), "push button")
    desktop.keys("Return")


def begin(app, desktop, way):
    app.page("Chào chị!\nWelcome")
    app.take_focus()
    app.tab_to(re.escape("Tiếng Việt"), "push button")
    desktop.keys("Return")
    press_with_key(app, desktop, way)


def spoil(code):
    """The same code with its last letter misread."""
    return code[:-1] + ("7" if code[-1] != "7" else "8")


def link_by_code(app, desktop, address, code):
    app.tab_to(re.escape(vi("Address, as the office wrote it down")), "text|entry")
    app.write(vi("Address, as the office wrote it down"), address)
    app.write(vi("Code"), code)
    press_with_key(app, desktop, "_Link")


def link_by_file(app, desktop, path):
    """Chooses the file in GTK's own chooser, with the keyboard: a typed / opens the line for the path."""
    app.find(role="table|list|list box|tree table")
    app.take_focus()
    desktop.type(str(path))
    desktop.keys("Return")


def send(app, desktop):
    desktop.keys("ctrl+s")
    app.press_text("_Send and receive now")
    app.find(pattern(vi("The commune has received everything")), "label")


def by_code(tap, desktop, collector, store):
    address, code = read_code(collector, "Máy của chị Mẩy")
    app = Tablet(desktop, store)
    try:
        begin(app, desktop, "I have a _code")
        link_by_code(app, desktop, address, spoil(code))
        app.find(pattern(vi(WRONG_CODE)), "label")
        tap.check(not app.find_all(pattern(vi("What did you do?")), "label"), "a code with a wrong letter links nothing, and says so")
        link_by_code(app, desktop, address, code)
        app.find(pattern(vi("What did you do?")), "label")
        tap.check(True, "the address and the code link the tablet")
        app.take_focus()
        send(app, desktop)
        tap.check(True, "the linked tablet sends and receives")
    except NotThere as error:
        tap.check(False, "linking by code", str(error))
    tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))


def by_file(tap, desktop, collector, store):
    path = desktop.folder / "may-hai.enrolment"
    collector.enrol("Máy hai", [SCOPE], path)
    app = Tablet(desktop, store)
    try:
        begin(app, desktop, "I have an enrolment _file")
        link_by_file(app, desktop, path)
        app.find(pattern(vi("What did you do?")), "label")
        tap.check(True, "the file, chosen in the window, links the tablet")
        app.take_focus()
        send(app, desktop)
        tap.check(True, "that tablet sends and receives too")
    except NotThere as error:
        tap.check(False, "linking by file", str(error))
    tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))


def main():
    tap = Tap()
    with Desktop(900, 1000) as desktop, Collector(desktop.folder) as collector:
        by_code(tap, desktop, collector, desktop.folder / "code.db")
        by_file(tap, desktop, collector, desktop.folder / "file.db")
        for name in ("code.db", "file.db"):
            _, _, faults = show_store(desktop.folder / name)
            tap.check(not faults, f"{name} is sound", faults)
        collector.run("check")
        tap.check(True, "the collector's data is sound")
    tap.done()


main()
