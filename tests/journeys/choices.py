# SPDX-License-Identifier: GPL-3.0-or-later
"""A form with 200 choices, published by the officer: it comes to the tablet, a choice far down is found without accents, the last one
is reached with the keyboard alone, and the answer reaches the officer."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere, wait_for  # noqa: E402
from record_journey import SCOPE  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, sync_tool, vi  # noqa: E402
from tap import Tap  # noqa: E402

TITLE = "Khảo sát chợ phiên"
QUESTION = "Chợ nào?"
PLACES = ("Mường So", "Sìn Hồ", "Pa Tần", "Dào San", "San Thàng", "Tam Đường", "Tả Phời", "Cốc Pàng", "Bắc Hà", "Lùng Phình")
CHOICES = [f"Chợ {PLACES[number % len(PLACES)]} {number:03}" for number in range(1, 201)]
FORM = """<?xml version="1.0" encoding="UTF-8"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
  <h:head>
    <h:title>{title}</h:title>
    <model>
      <instance>
        <data id="market_survey" version="1"><market/><other_market/><meta><instanceID/><instanceName/></meta></data>
      </instance>
      <bind nodeset="/data/market" type="string" required="true()"/>
      <bind nodeset="/data/other_market" type="string" required="true()"/>
      <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid" readonly="true()"/>
      <bind nodeset="/data/meta/instanceName" type="string" calculate="jr:choice-name(/data/market, '/data/market')"/>
    </model>
  </h:head>
  <h:body>
    <group appearance="field-list">
      <label>{title}</label>
      <select1 ref="/data/market"><label>{question}</label>{items}</select1>
      <select1 ref="/data/other_market"><label>{other}</label>{items}</select1>
    </group>
  </h:body>
</h:html>
"""
OTHER = "Còn chợ nào nữa?"


def publish(desktop, collector):
    items = "".join(f"<item><label>{label}</label><value>m{number}</value></item>" for number, label in enumerate(CHOICES, 1))
    path = desktop.folder / "market_survey.xml"
    path.write_text(FORM.format(title=TITLE, question=QUESTION, other=OTHER, items=items), encoding="utf-8")
    collector.run("form", "add", path)


def choose_last_with_keys(app, question):
    """Without the search: Tab into the list, End, Enter."""
    app.press(re.escape(question) + "(: .*)?", "push button")
    app.find(re.escape(CHOICES[0]), "list item")
    app.take_focus()
    app.tab_to(re.escape(CHOICES[0]), "list item")
    app.desktop.keys("End")
    wait_for("the last choice to have the keyboard", lambda: any(node.name == CHOICES[-1] for node in app.focused()))
    app.desktop.keys("Return")
    app.find(re.escape(f"{question}: {CHOICES[-1]}"), "push button")


def fill(tap, app):
    app.begin(TITLE)
    app.page(TITLE)
    app.choose(QUESTION, "coc pang 177", CHOICES[176])
    tap.check(True, "one of 200 choices is found without accents")
    choose_last_with_keys(app, OTHER)
    tap.check(True, "the last of 200 is reached with the keyboard alone")
    app.next()
    app.complete()
    app.page(vi("What did you do?"))


def main():
    tap = Tap()
    with Desktop(600, 1000, "vi_VN.UTF-8") as desktop, Collector(desktop.folder) as collector:
        store = desktop.folder / "soban.db"
        publish(desktop, collector)
        enrol(desktop, collector, store, "Máy bản", SCOPE)
        sync_tool(desktop, "sync", "--store", store)
        app = Tablet(desktop, store)
        try:
            app.page(vi("What did you do?"))
            fill(tap, app)
            app.take_focus()
            app.desktop.keys("ctrl+s")
            app.press_text("_Send and receive now")
            app.find(pattern(vi("The commune has received everything")), "label")
            tap.check(True, "it is completed and sent")
        except NotThere as error:
            tap.check(False, "the journey goes on", str(error))
        tap.check(app.quit() == 0, "the app ends cleanly", app.log.read_text(encoding="utf-8"))
        _, records, faults = show_store(store)
        kept = [(fields.get("market"), fields.get("other_market")) for fields in records.values() if fields["form"] == "market_survey"]
        tap.check(kept == [("m177", "m200")] and not faults, "the record holds both answers", [str(kept), *faults])
        tap.check(CHOICES[176] in collector.get("/records"), "the officer sees it")
    tap.done()


main()
