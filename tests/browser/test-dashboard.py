#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An officer in a real browser: home, province, commune, records, one record; in Vietnamese, at three sizes."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "sync" / "collector")]
from served import BUILD, ENV, PASSWORD, SOURCE, SYNC, USER, Served  # noqa: E402
from tap import Tap  # noqa: E402
from webdriver import Browser, find_browser  # noqa: E402

SIZES = ((360, 640), (800, 1280), (1280, 800))
PICTURES = Path(os.environ.get("SOBAN_PICTURES", BUILD / "tests" / "browser" / "pictures"))
INDICATOR = "session_attendances"


def run(*arguments, text=None):
    done = subprocess.run([str(SYNC), *map(str, arguments)], env=ENV, capture_output=True, text=True, input=text, check=False, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]}: {done.stderr}")


def fill(served, folder):
    """The real sample activities, from one tablet."""
    lines = subprocess.run([sys.executable, str(SOURCE / "packaging" / "sample" / "convert.py")], env=dict(ENV, PYTHONDONTWRITEBYTECODE="1"),
                           capture_output=True, text=True, check=True).stdout
    scopes = sorted(set(part.split('"')[0] for part in lines.split('"scope": "')[1:]))
    file, store = folder / "enrolment", folder / "tablet.db"
    options = [option for scope in scopes for option in ("--scope", scope)]
    done = served.run("enrol", "--name", "Máy tính bảng thôn Nà Lầu", *options, "--output", file)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    served.run("enrol", "--name", "Máy tính bảng thôn Tân Vàng", "--scope", "02947", "--code")
    run("enrol", "--store", store, file)
    run("add", "--store", store, "--batch", "-", "--as-is", text=lines)
    run("sync", "--store", store)
    return options


def disagree(served, folder, options):
    """Two people answer the same question apart from each other; a tablet is copied and both copies are used. The answer that counts
    on the first tablet: which of two within a blink is the last one, the link's delay decides, too (PROTOCOL 3, 2a)."""
    other, copy, first = folder / "other.db", folder / "copy.db", folder / "tablet.db"
    done = served.run("enrol", "--name", "Máy tính bảng xã Bảo Yên", *options, "--output", folder / "other.enrolment")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    run("enrol", "--store", other, folder / "other.enrolment")
    run("sync", "--store", other)
    listed = subprocess.run([str(SYNC), "list", "--json", "--store", str(other)], env=ENV, capture_output=True, text=True, check=True).stdout
    sessions = [record for record in json.loads(listed) if record["form"] == "communication_session"]
    for store, number in ((first, 41), (other, 35)):
        run("edit", sessions[0]["id"], "--field", f"duration_min={number}", "--as-is", "--store", store)
    run("delete", sessions[1]["id"], "--store", first)
    run("edit", sessions[1]["id"], "--field", "duration_min=28", "--as-is", "--store", other)
    run("sync", "--store", first)
    run("sync", "--store", other)
    shutil.copy(other, copy)
    for store, number in ((other, 12), (copy, 13)):
        run("edit", sessions[2]["id"], "--field", f"duration_min={number}", "--as-is", "--store", store)
        run("sync", "--store", store)
    run("sync", "--store", first)
    shown = subprocess.run([str(SYNC), "show", sessions[0]["id"], "--json", "--store", str(first)], env=ENV, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)["fields"]["duration_min"]


def look(tap, browser, name):
    """A picture at each size; nothing may stick out of the page sideways."""
    wide = []
    for width, height in SIZES:
        browser.size(width, height)
        browser.picture(PICTURES / f"{name}-{width}x{height}.png")
        over = browser.run("return document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wide.append(f"{over} pixels at {width}")
    tap.check(not wide, f"{name} fits at every size", wide)


def follow(browser, css):
    """Clicks the first link of @css; its text."""
    links = browser.find(css)
    if not links:
        raise AssertionError(f"no {css} at {browser.call('GET', '/url')}")
    text = browser.text(links[0])
    browser.click(links[0])
    return text


def walk(tap, browser, served):
    browser.size(*SIZES[-1])
    browser.open(f"https://{USER}:{PASSWORD}@localhost:{served.port}/")
    tap.check(browser.run("return document.documentElement.lang") == "vi", "the page is Vietnamese unless asked otherwise")
    look(tap, browser, "home")
    browser.size(*SIZES[-1])
    total = follow(browser, f"#{INDICATOR} td.number a")
    tap.check(browser.text(browser.find("tfoot td.number")[0]) == total, "the sum opens to provinces with the same total", total)
    look(tap, browser, "indicator-provinces")
    browser.size(*SIZES[-1])
    part = follow(browser, "tbody td.number a")
    tap.check(browser.text(browser.find("tfoot td.number")[0]) == part, "a province opens to its communes with the same total", part)
    look(tap, browser, "indicator-communes")
    browser.size(*SIZES[-1])
    part = follow(browser, "tbody td.number a")
    tap.check(browser.text(browser.find("tfoot td.number")[0]) == part, "a commune opens to its records with the same total", part)
    look(tap, browser, "indicator-records")
    browser.size(*SIZES[-1])
    title = follow(browser, "table.records tbody th a")
    tap.check(browser.text(browser.find("h1")[0]) == title and browser.find("table.answers") and browser.find("table.history"),
              "a record opens with its answers and its history", title)
    tap.check(part in [browser.text(cell) for cell in browser.find("table.answers td")], "and the number of the sum stands in it", part)
    look(tap, browser, "record")


def search(tap, browser):
    browser.size(*SIZES[-1])
    follow(browser, ".sections a[href='/records']")
    look(tap, browser, "records")
    browser.size(*SIZES[-1])
    browser.type(browser.find("#q")[0], "doi thoai")
    browser.click(browser.find("form.search button")[0])
    rows = [browser.text(row) for row in browser.find("table.records tbody th")]
    tap.check(rows and all("đối thoại" in row.lower() for row in rows), "words without accents find records", rows)
    for name, path in (("needs-a-look", "/look"), ("tablets", "/devices")):
        follow(browser, f".sections a[href='{path}']")
        look(tap, browser, name)
        browser.size(*SIZES[-1])
    follow(browser, ".languages a[lang='en']")
    tap.check(browser.text(browser.find("h1")[0]) == "Tablets", "English on request")
    follow(browser, ".sections a[href='/']")
    tap.check("Indicators" in browser.text(browser.find(".sections")[0]), "and it is remembered")


def attend(tap, browser, winner):
    """Home counts what is to be looked at; both values of a conflict open to the record; an incident says what was done."""
    browser.size(*SIZES[-1])
    follow(browser, ".languages a[lang='vi']")
    follow(browser, ".sections a[href='/']")
    look(tap, browser, "home-attention")
    browser.size(*SIZES[-1])
    counts = [browser.text(count) for count in browser.find("nav.attention .count")]
    tap.check(counts == ["3", "1"], "home counts conflicts and incidents", counts)
    follow(browser, "nav.attention a[href='/conflicts']")
    look(tap, browser, "conflicts")
    browser.size(*SIZES[-1])
    values = [browser.text(value) for value in browser.find("article.conflict .version .value")]
    tap.check("41" in values and "35" in values and len(values) == 6, "both values of a conflict are shown", values)
    counts = [browser.text(value) for value in browser.find("article.conflict .counts .value")]
    tap.check([value for value in counts if value in ("41", "35")] == [winner], "and which of them counts: the one that the tablet shows", [winner, *counts])
    title = follow(browser, "article.conflict:last-of-type h2 a")
    tap.check(browser.find("table.history") and browser.text(browser.find("h1")[0]).startswith(title.split("\n")[0]), "a conflict opens its record", title)
    look(tap, browser, "record-conflict")
    browser.size(*SIZES[-1])
    follow(browser, ".sections a[href='/']")
    follow(browser, "nav.attention a[href='/incidents']")
    texts = [browser.text(article) for article in browser.find("article.incident")]
    tap.check(len(texts) == 1 and "Máy tính bảng xã Bảo Yên" in texts[0], "the copied tablet is an incident with its name", texts)
    look(tap, browser, "incidents")


def main():
    tap = Tap()
    programs = find_browser()
    if programs is None:
        tap.note("NO CHROMIUM OR CHROMEDRIVER IS INSTALLED: the pages were not looked at in a browser")
        tap.skip("the pages in a browser", "chromium and chromedriver are not installed")
        tap.done()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="soban-browser-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        served = Served(folder)
        served.start()
        browser = None
        try:
            options = fill(served, folder)
            browser = Browser(programs, folder / "profile")
            walk(tap, browser, served)
            search(tap, browser)
            winner = disagree(served, folder, options)
            attend(tap, browser, winner)
        except AssertionError as error:
            tap.check(False, "the walk through the pages goes to its end", str(error))
        finally:
            if browser is not None:
                browser.end()
            tap.check(served.end() == 0, "the collector ends cleanly")
    tap.note(f"pictures: {PICTURES}")
    tap.done()


main()
