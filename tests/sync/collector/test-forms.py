#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms that are published: added, received by real tablets with their files, filled, derived by the collector, changed, withdrawn."""

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgresql import ADDRESS, WHY_NOT, Schema  # noqa: E402
from served import ENV, SYNC, TRUST_NOBODY, Served  # noqa: E402
from tap import SOURCE, Tap  # noqa: E402

MARKET = SOURCE / "tests" / "fixtures" / "published"
HOME, AWAY = "02947", "03085"


class Tablet:
    def __init__(self, served, folder, name, scope, role="member"):
        self.store = Path(folder) / (name + ".db")
        file = Path(folder) / (name + ".enrolment")
        done = served.run("enrol", "--name", name, "--role", role, "--scope", scope, "--output", file)
        assert done.returncode == 0, done.stderr
        self.token = next(line[6:] for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("token="))
        done = self.run("enrol", file)
        assert done.returncode == 0, done.stderr

    def run(self, verb, *arguments):
        return subprocess.run([str(SYNC), verb, "--store", str(self.store), *map(str, arguments)], env=ENV, capture_output=True, text=True, check=False,
                              timeout=60)

    def sync(self):
        return self.run("sync")

    def ask(self, sql, *values):
        with closing(sqlite3.connect(self.store)) as connection:
            return connection.execute(sql, values).fetchall()

    def versions(self, offered=1):
        return [version for (version,) in self.ask("SELECT version FROM form_offer WHERE offered = ? ORDER BY version", offered)]

    def add(self, *fields):
        options = [word for field in fields for word in ("--field", field)]
        return self.run("add", "market_visit", *options)


def make_version(folder, version, extra=""):
    place = Path(folder) / ("form-" + version)
    shutil.copytree(MARKET, place, dirs_exist_ok=True)
    xml = (MARKET / "market.xml").read_text(encoding="utf-8")
    xml = xml.replace('version="1"', f'version="{version}"').replace("'Chợ '", f"'Chợ {extra}'" if extra else "'Chợ '")
    (place / "market.xml").write_text(xml, encoding="utf-8")
    return place / "market.xml"


def check_refusals(tap, served, folder):
    bad = Path(folder) / "bad.xml"
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{i} "{("&a" + (str(i - 1) if i else "") + ";") * 10}">' for i in range(9)) + "]><a>&a8;</a>"
    whole = (MARKET / "market.xml").read_text(encoding="utf-8")
    cases = {
        "an entity bomb": bomb,
        "10,000 levels": "<a>" * 10000 + "</a>" * 10000,
        "what is no XML": "not a form",
        "a form that does not compute": whole.replace("concat(", "no-such-function("),
        "a form without a version": whole.replace(' version="1"', ""),
        "a form whose list is not there": whole.replace("markets.csv", "elsewhere.csv"),
    }
    for name, text in cases.items():
        bad.write_text(text, encoding="utf-8")
        done = served.run("form", "add", bad)
        tap.check(done.returncode == 1 and done.stderr.strip() != "", "refused: " + name, done.stdout + done.stderr)
    tap.check(served.run("form", "list").stdout == "", "nothing of them is published")
    built_in = Path(folder) / "village.xml"
    built_in.write_text((SOURCE / "schema" / "forms" / "village.xml").read_text(encoding="utf-8").replace("</h:title>", " </h:title>"), encoding="utf-8")
    done = served.run("form", "add", built_in)
    tap.check(done.returncode == 1 and "comes with the program" in done.stderr, "a built-in version with another content is refused", done.stderr)
    done = served.run("form", "add", MARKET / "market.xml", "--role", "queen")
    tap.check(done.returncode == 2, "an unknown role is refused", done.stderr)
    done = served.run("form", "withdraw", "market_visit", "9")
    tap.check(done.returncode == 1, "what was never published cannot be withdrawn", done.stderr)


def check_first_version(tap, served, tablet):
    done = served.run("form", "add", MARKET / "market.xml")
    tap.check(done.returncode == 0 and "market_visit, version 1, with 2 files" in done.stdout, "form add publishes with list and picture",
              done.stdout + done.stderr)
    done = served.run("form", "add", MARKET / "market.xml")
    tap.check(done.returncode == 0, "the same again is harmless", done.stderr)
    done = tablet.sync()
    tap.check(done.returncode == 0 and tablet.versions() == ["1"], "the next sync brings it", done.stdout + done.stderr)
    picture = tablet.ask("SELECT content FROM form_content JOIN form_file USING (sha256) WHERE form = 'market_visit' AND name = 'market.png'")
    tap.check(picture == [((MARKET / "market.png").read_bytes(),)], "its picture is the same byte for byte")
    done = tablet.add("market=sin_ho", "women=12")
    tap.check(done.returncode == 0, "a record is filled in with it", done.stdout + done.stderr)
    done = tablet.add("market=nowhere")
    tap.check(done.returncode == 3, "its list says which markets there are", done.stdout + done.stderr)
    listed = json.loads(tablet.run("list", "--json").stdout or "[]")
    tap.check("Chợ Sìn Hồ" in json.dumps(listed, ensure_ascii=False), "its title has the label of the list", json.dumps(listed, ensure_ascii=False))
    tap.check(tablet.sync().returncode == 0, "the record is sent")


def titles(served):
    served.ask("/")  # waits for what is derived
    return served.ask("/records?lang=en")[1].decode()


def check_versions(tap, served, tablet, folder):
    tap.check("Chợ Sìn Hồ" in titles(served), "the collector derives with the form that was published", served.log()[-500:])
    same = make_version(folder, "1", "X ")
    done = served.run("form", "add", same)
    tap.check(done.returncode == 1 and "new version" in done.stderr, "another content under the same version is refused", done.stderr)
    done = served.run("form", "add", make_version(folder, "2", "phiên "))
    tap.check(done.returncode == 0, "a newer version is published", done.stderr)
    tap.check(tablet.sync().returncode == 0 and tablet.versions() == ["1", "2"], "and received")
    tap.check(tablet.add("market=bac_ha").returncode == 0 and tablet.sync().returncode == 0, "a record of the newer version")
    page = titles(served)
    tap.check("Chợ phiên Bắc Hà" in page and "Chợ Sìn Hồ" in page, "each record is derived with its own version", page[-2000:])
    served.run("form", "withdraw", "market_visit", "2")
    tap.check(tablet.sync().returncode == 0 and tablet.versions() == ["1"] and tablet.versions(0) == ["2"], "a withdrawn version is not offered any more")
    tablet.add("market=bac_ha")
    found = tablet.ask("SELECT form_version, count (*) FROM record GROUP BY form_version ORDER BY form_version")
    tap.check(found == [("1", 2), ("2", 1)], "new records are of the version before, the old ones keep theirs", str(found))
    before = served.run("form", "list").stdout
    tap.check("market_visit\t2\twithdrawn" in before and "market_visit\t1\toffered" in before, "form list says so", before)


def check_audience(tap, served, folder):
    member, officer = Tablet(served, folder, "nam", HOME), Tablet(served, folder, "lan", AWAY, "officer")
    served.run("form", "add", make_version(folder, "3"), "--role", "officer")
    served.run("form", "add", make_version(folder, "4"), "--scope", HOME)
    served.run("form", "add", make_version(folder, "5"), "--scope", AWAY, "--role", "member")
    member.sync(), officer.sync()
    tap.check(member.versions() == ["1", "4"], "a member gets what is for its role and commune", str(member.versions()))
    tap.check(officer.versions() == ["1", "3"], "an officer elsewhere, too", str(officer.versions()))
    sha256 = hashlib.sha256((folder / "form-3" / "market.xml").read_bytes()).hexdigest()
    tap.check(served.ask("/v1/form/" + sha256, token=member.token)[0] == 404, "a form for others is not handed out")
    status, body, _ = served.ask("/v1/form/" + sha256, token=officer.token)
    tap.check(status == 200 and hashlib.sha256(body).hexdigest() == sha256, "to whom it is offered it is")
    status, rest, _ = served.ask(f"/v1/form/{sha256}?from={len(body) - 10}", token=officer.token)
    tap.check(status == 200 and rest == body[-10:], "from any place on")
    tap.check(served.ask(f"/v1/form/{sha256}?from={len(body) + 1}", token=officer.token)[0] == 404, "but not behind its end")
    tap.check(served.ask("/v1/form/" + sha256, user=None)[0] == 401, "without a token nothing is")
    tap.check(served.ask("/v1/form/passwd", token=officer.token)[0] == 400, "what is no hash is refused")
    served.run("form", "add", folder / "form-4" / "market.xml", "--scope", AWAY)
    member.sync(), officer.sync()
    tap.check(member.versions() == ["1"] and officer.versions() == ["1", "3", "4"], "who gets it can be changed", str(officer.versions()))
    status, page, _ = served.ask("/forms?lang=en")
    tap.check(status == 200 and b"Market visit" in page and b"withdrawn" in page, "officers see the forms on a page")


class Meddling(BaseHTTPRequestHandler):
    """Between a tablet and the collector: what it hands on of forms is spoilt as `server.spoil` says."""

    def log_message(self, *_):
        pass

    def pass_on(self, body=None):
        request = urllib.request.Request(self.server.real + self.path, data=body, method=self.command)
        for name in ("Authorization", "Content-Type"):
            if self.headers[name]:
                request.add_header(name, self.headers[name])
        try:
            with urllib.request.urlopen(request, context=TRUST_NOBODY, timeout=30) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()

    def give(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.give(*self.pass_on(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self):
        status, kind, body = self.pass_on()
        self.server.asked.append(self.path)
        self.give(status, kind, self.server.spoil(body))


def check_bad_server(tap, served, folder):
    proxy = HTTPServer(("127.0.0.1", 0), Meddling)
    proxy.real, proxy.asked = served.url, []
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    tablet = Tablet(served, folder, "hoa", HOME)
    with closing(sqlite3.connect(tablet.store)) as connection, connection:
        connection.execute("UPDATE setting SET value = ? WHERE key = 'collector_url'", (f"http://127.0.0.1:{proxy.server_port}",))
        connection.execute("DELETE FROM setting WHERE key = 'collector_key'")
    spoils = {
        "another content": lambda body: body[:-1] + bytes([body[-1] ^ 1]) if body else body,
        "more than was told": lambda body: body + b"x",
        "nothing": lambda body: b"",
    }
    for name, spoil in spoils.items():
        proxy.spoil = spoil
        done = tablet.sync()
        tap.check(done.returncode == 0 and tablet.versions() == [], f"a server that gives {name}: no form, and the sync is good", done.stdout + done.stderr)
    proxy.spoil = lambda body: body
    tap.check(tablet.sync().returncode == 0 and "1" in tablet.versions(), "the next sync with a good server brings them")
    asked = len(proxy.asked)
    tap.check(tablet.sync().returncode == 0 and len(proxy.asked) == asked, "what is there is not asked for again")
    proxy.shutdown()


def check_pages(tap, served):
    """After a restart nothing has been derived yet: what pages say of a published form comes from the shelf."""
    served.end()
    served.start()
    status, body, _ = served.ask("/records?form=market_visit&lang=vi")
    page = body.decode()
    link = re.search(r'href="(/record/[^"]+)">Chợ Sìn Hồ', page)
    option = re.search(r'<option value="market_visit"[^>]*>([^<]*)</option>', page)
    tap.check(status == 200 and link and option and page.count('value="market_visit"') == 1 and 'value="event"' in page,
              "the filter lists built-in and published forms, each once", page)
    title = option.group(1) if option else ""
    tap.check(title not in ("", "market_visit") and f"<small>{title}</small>" in page and ">market_visit<" not in page,
              "a published form has its title there and in the list", page)
    record = served.ask((link.group(1) if link else "/") + "?lang=vi")[1].decode()
    tap.check(title in record and "market_visit" not in record and all(label in record for label in ("Chợ nào?", "Sìn Hồ", "Bao nhiêu chị?", "12")), "its record shows labels, not ids", record)
    tap.check(not any(f">{name}<" in record for name in ("sin_ho", "bac_ha", "market", "women")), "of questions and of choices", record)


def check_all(tap, store):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        served = Served(folder, store)
        try:
            check_refusals(tap, served, folder)
            served.start()
            tablet = Tablet(served, folder, "mai", HOME)
            check_first_version(tap, served, tablet)
            check_versions(tap, served, tablet, folder)
            check_pages(tap, served)
            check_audience(tap, served, folder)
            check_bad_server(tap, served, folder)
        finally:
            served.end()


def main():
    tap = Tap()
    if sys.argv[1:] != ["postgresql"]:
        check_all(tap, None)
    elif ADDRESS:
        with Schema() as address:
            check_all(tap, address)
    else:
        tap.skip("published forms on PostgreSQL", WHY_NOT)
    tap.done()


main()
