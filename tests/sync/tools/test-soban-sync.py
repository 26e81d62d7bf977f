#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""soban-sync end to end: two tablets, a real collector over HTTPS. What the tablets and the collector show is compared, and the
sums are compared with sums computed here from the sample activities."""

import contextlib
import itertools
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from collector import Collector  # noqa: E402
from tap import BUILD, SOURCE, Tap  # noqa: E402

PROGRAM = BUILD / "sync" / "tools" / "soban-sync"
SAMPLE = SOURCE / "packaging" / "sample"
MINUTE_MS = 60000

tap = Tap()


class Tablet:
    def __init__(self, folder, name):
        self.name = name
        self.store = folder / f"{name}.db"
        self.wall_offset_ms = 0

    def command(self, verb, *arguments):
        environment = dict(os.environ, SOBAN_DATA_DIR=str(SOURCE / "schema"), SOBAN_LOCALE_DIR=str(BUILD / "po"), SOBAN_LANGUAGE="en",
                           SOBAN_TEST_WALL_OFFSET_MS=str(self.wall_offset_ms))
        return {"args": [str(PROGRAM), verb, "--store", str(self.store), *map(str, arguments)], "env": environment}

    def try_run(self, verb, *arguments, stdin=None):
        return subprocess.run(**self.command(verb, *arguments), input=stdin, capture_output=True, check=False, timeout=120)

    def start(self, verb, *arguments):
        return subprocess.Popen(**self.command(verb, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, verb, *arguments, stdin=None):
        done = self.try_run(verb, *arguments, stdin=stdin)
        if done.returncode != 0:
            raise AssertionError(f"{self.name}: soban-sync {verb} {arguments} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode()

    def json(self, verb, *arguments):
        return json.loads(self.run(verb, *arguments, "--json"))

    def shown(self):
        """Every record, living or deleted, as this tablet shows it."""
        ids = [row["id"] for option in ([], ["--deleted"]) for row in self.json("list", "--registries", *option)]
        records = {}
        for record_id in ids:
            record = self.json("show", record_id)
            del record["delivery"]
            records[record_id] = record
        return records

    def edit(self, record_id, path, value):
        self.run("edit", record_id, "--as-is", "--field", f"{path}={value}")

    def losing_values(self, record_id, path):
        history = self.json("show", record_id, "--history")["history"]
        return [item["value"] for item in history if item["path"] == path and not item["winner"]]


def load_samples():
    """(activities, lines for each of two tablets, scopes)"""
    activities = [activity for activity in json.loads((SAMPLE / "sample_activities.json").read_text(encoding="utf-8"))
                  if activity["kind"] != "period_summary"]
    parts = [subprocess.run([sys.executable, str(SAMPLE / "convert.py"), "--part", f"{part}/2"], capture_output=True, check=True).stdout
             for part in (1, 2)]
    scopes = {json.loads(line).get("scope") for part in parts for line in part.decode().splitlines()}
    return activities, parts, sorted(filter(None, scopes))


def expected_sums(activities):
    def of(kind, program=None):
        return [a for a in activities if a["kind"] == kind and (program is None or a.get("program") == program)]

    def people(rows):
        return sum(row["participants"] or 0 for row in rows)

    monitoring = of("training", "monitoring_evaluation")
    return {
        "communication_sessions": len(of("communication_session")),
        "session_attendances": people(of("communication_session")),
        "policy_dialogues": len(of("policy_dialogue")),
        "monitoring_trainings": len(monitoring),
        "monitoring_trainees": people(monitoring),
    }


def sums_of(report):
    rows = report["indicators"] if isinstance(report, dict) else report
    return {row.get("indicator") or row.get("id"): row["sum"] for row in rows}


def check_samples(collector, a, b, activities, parts):
    for tablet, part in ((a, parts[0]), (b, parts[1])):
        ids = tablet.run("add", "--batch", "-", "--as-is", stdin=part).split()
        tap.check(len(ids) == len(part.splitlines()), f"{tablet.name} keeps its part of the sample activities")
        tap.check(tablet.json("status")["waiting"] >= len(ids), f"{tablet.name}: all of them wait")
    for tablet in (a, b, a):
        tablet.run("sync")
    shown_a, shown_b = a.shown(), b.shown()
    tap.check(shown_a == shown_b, "both tablets show the same records",
              [f"{key}: {shown_a.get(key)} / {shown_b.get(key)}" for key in shown_a.keys() | shown_b.keys() if shown_a.get(key) != shown_b.get(key)][:3])
    activities_shown = [record for record in shown_a.values() if record["form"] != "village"]
    tap.check(len(activities_shown) == len(activities), "every sample activity has become a record")
    tap.check(a.json("status")["waiting"] == 0 and b.json("status")["waiting"] == 0, "nothing waits any more")
    wanted = expected_sums(activities)
    for name, sums in (("a", sums_of(a.json("report"))), ("b", sums_of(b.json("report"))),
                       ("the collector", sums_of(json.loads(collector.run("report", "--period", "all", "--json"))))):
        found = {key: sums.get(key) for key in wanted}
        tap.check(found == wanted, f"{name}'s sums are those of the JSON", f"{found} / {wanted}")
    for by in ("village", "team"):
        rows = [row for row in a.json("report", "--by", by) if row["records"]]
        parted = all(sum(part["sum"] for part in row["parts"]) == row["sum"] for row in rows)
        tap.check(rows and parted, f"the parts by {by} are the sums", str(rows))


FIELDS = ["activity_date=2026-11-20", "commune_id={commune}", "village_id=other", "village_new=Nà Lầu", "total=25"]


def check_two_tablets_change_one(collector, a, b, commune):
    """Different fields, the same field, delete against edit: in every order of syncs all show the same and nothing is lost."""
    tablets = (a, b)
    orders = [order for order in itertools.product(tablets, repeat=3) if set(order) == set(tablets)]
    for order in orders:
        name = "".join(tablet.name for tablet in order)
        fields = [option for field in FIELDS for option in ("--field", field.format(commune=commune))]
        one, two, three = (a.run("add", "communication_session", "--as-is", *fields).strip() for _ in range(3))
        for tablet in (a, b):
            tablet.run("sync")
        a.edit(one, "total", "30")
        b.edit(one, "female", "21")
        a.edit(two, "total", "31")
        b.wall_offset_ms = MINUTE_MS
        b.edit(two, "total", "32")
        a.run("delete", three)
        b.edit(three, "total", "40")
        b.wall_offset_ms = 0
        for tablet in order + (a, b, a):
            tablet.run("sync")
        shown = [tablet.json("show", one)["fields"] for tablet in tablets]
        tap.check(shown[0] == shown[1] and shown[0]["total"] == "30" and shown[0].get("female") == "21",
                  f"{name}: both keep their work where the fields differ", str(shown))
        shown = [tablet.json("show", two)["fields"]["total"] for tablet in tablets]
        loser = {"31": "32", "32": "31"}.get(shown[0])
        tap.check(shown[0] == shown[1] and loser is not None, f"{name}: one value of the same field is shown on both", str(shown))
        tap.check(all(loser in tablet.losing_values(two, "total") for tablet in tablets), f"{name}: the losing value stands in both histories")
        page = collector.get(f"/record/{two}", "en")
        tap.check(f">{shown[0]}<" in page and f">{loser}<" in page, f"{name}: the collector's page shows the same, and the losing value", page[:3000])
        shown = [tablet.json("show", three) for tablet in tablets]
        tap.check(all(record["deleted"] and record["fields"]["total"] == "40" for record in shown),
                  f"{name}: an edit does not resurrect, and is not lost", str(shown))
        tap.check("deleted" in collector.get(f"/record/{three}", "en"), f"{name}: the collector has it deleted, too")
    a.run("undelete", three)
    a.run("sync")
    b.run("sync")
    tap.check(not b.json("show", three)["deleted"], "an undelete brings it back, with the edit", str(b.json("show", three)))
    tap.check(a.shown() == b.shown(), "at rest both tablets show the same")


def check_names(collector, a, b, commune):
    """Who made each change is told on the tablet, on the other one and on the collector's page; two who changed different answers have no dispute."""
    fields = [option for field in FIELDS for option in ("--field", field.format(commune=commune))]
    record = a.run("add", "communication_session", "--as-is", "--person", "Lò Thị Hoa", *fields).strip()
    for tablet in (a, b):
        tablet.run("sync")
    a.run("edit", record, "--as-is", "--field", "total=30", "--person", "H'Hen Niê")
    b.run("edit", record, "--as-is", "--field", "female=21", "--person", "A & B <c>")
    for tablet in (a, b, a):
        tablet.run("sync")
    a.run("delete", record, "--person", "Lò Thị Hoa")
    a.run("undelete", record)
    for tablet in (a, b):
        tablet.run("sync")
    wanted = {("total", "25"): "Lò Thị Hoa", ("total", "30"): "H'Hen Niê", ("female", "21"): "A & B <c>", (".deleted", "1"): "Lò Thị Hoa",
              (".deleted", "0"): None}
    for tablet in (a, b):
        history = tablet.json("show", record, "--history")["history"]
        found = {(item["path"], item["value"]): item.get("person") for item in history if (item["path"], item["value"]) in wanted}
        tap.check(found == wanted and not any(item["lost"] for item in history), f"{tablet.name}: the history names who made each change", str(history))
        tap.check("H'Hen Niê  total = 30" in tablet.run("show", record, "--history"), f"{tablet.name}: also in words")
    page = collector.get(f"/record/{record}", "en")
    tap.check(all(name in page for name in ("Lò Thị Hoa", "H'Hen Niê", "A &amp; B &lt;c&gt;")), "the collector's page names them, too", page[:3000])
    tap.check(record not in collector.get("/conflicts", "en"), "and lists no conflict of names")
    done = a.try_run("add", "communication_session", "--as-is", "--person", " ", *fields)
    tap.check(done.returncode == 1, "a name without a letter is refused", done.stderr.decode())


def check_late_tablet(collector, folder, a, scopes):
    enrolment = folder / "late.enrolment"
    collector.enrol("late", scopes, enrolment)
    late = Tablet(folder, "late")
    late.run("enrol", enrolment)
    late.run("sync")
    tap.check(late.shown() == a.shown(), "a tablet that comes late shows the same, from the collector alone")


def check_enrolment(collector, folder, commune):
    output = collector.run("enrol", "--name", "by code", "--scope", commune, "--code")
    code = next(word for word in output.split() if word.count("-") == 5)
    address = collector.url.removeprefix("https://")
    tablet = Tablet(folder, "code")
    wrong_key = code[:-1] + ("0" if code[-1] != "0" else "1")
    done = tablet.try_run("enrol", "--address", address, "--code", wrong_key)
    tap.check(done.returncode == 1 and b"this is not the server that gave the code" in done.stderr
              and b"do not belong together" in done.stderr, "a code of another server is refused", done.stderr.decode())
    wrong_secret = ("0" if code[0] != "0" else "1") + code[1:]
    done = tablet.try_run("enrol", "--address", address, "--code", wrong_secret)
    tap.check(done.returncode == 1 and b"does not know this code" in done.stderr and b"ask the officer for a new one" in done.stderr,
              "a code that was not given is refused", done.stderr.decode())
    done = tablet.try_run("enrol", "--address", address, "--code", "not a code")
    tap.check(done.returncode == 1 and b"This code or file is not right" in done.stderr, "what is no code is refused", done.stderr.decode())
    done = tablet.try_run("enrol", "--address", address, "--code", code.lower().replace("-", " "))
    tap.check(done.returncode == 0, "the code enrols, typed in small letters and with blanks", done.stderr.decode())
    again = Tablet(folder, "again").try_run("enrol", "--address", address, "--code", code)
    tap.check(again.returncode == 1, "a code works once")
    done = Tablet(folder, "no-file").try_run("enrol", "-", stdin=b"nothing of that kind")
    tap.check(done.returncode == 1 and b"This code or file is not right" in done.stderr, "what is no enrolment file is refused",
              done.stderr.decode())
    return tablet


def check_erased(collector, tablet):
    record = tablet.run("add", "communication_session", "--as-is", "--field", "total=8").strip()
    tablet.run("sync")
    collector.run("erase", record, "--reason", "asked for")
    tablet.run("sync")
    done = tablet.try_run("edit", record, "--as-is", "--field", "total=9")
    tap.check(done.returncode == 1 and b"erased by law" in done.stderr, "an erased record is not edited", done.stderr.decode())
    tap.check(tablet.json("status")["waiting"] == 0, "and nothing of it waits")


def check_batch_is_quick(folder):
    """The lists that a form looks into are gone through once, and not for each record."""
    tablet = Tablet(folder, "quick")
    line = {"form": "communication_session", "fields": {"activity_date": "2026-10-05", "commune_id": "02947@2025-07-01", "village_id": "other",
                                                        "village_new": "Bản A", "total": "20", "female": "10", "topics": "gbv"}}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    tablet.run("add", "--batch", "-", "--as-is", stdin=(json.dumps(line) + "\n").encode() * 300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tap.check(spent < 1.8, f"a batch of 300 records takes {spent:.2f} s of CPU, less than 1.8")


def check_damage(folder):
    tablet = Tablet(folder, "damaged")
    copy = folder / "copy.db"
    tablet.run("add", "communication_session", "--as-is", "--field", "total=7")
    shutil.copyfile(tablet.store, copy)
    tap.check(b"Attention" not in tablet.try_run("status").stderr, "a sound file is not warned of")
    with contextlib.closing(sqlite3.connect(tablet.store)) as database:
        database.execute("UPDATE change SET stamp = stamp + 77")
        database.commit()
    done = tablet.try_run("check")
    tap.check(done.returncode == 3 and done.stdout and b"soban-sync restore --store" in done.stderr and b"soban-sync enrol" in done.stderr,
              "check says what is damaged, and what to do", (done.stdout + done.stderr).decode())
    for verb in ("status", "list", "sync", "add"):
        done = tablet.try_run(verb, *(["communication_session", "--as-is"] if verb == "add" else []))
        tap.check(b"found damaged" in done.stderr, f"{verb} warns of it", done.stderr.decode())
    done = tablet.try_run("restore")
    tap.check(done.returncode == 1, "no copy of its own is there", done.stderr.decode())
    tablet.run("restore", copy)
    done = tablet.try_run("list")
    tap.check(done.returncode == 0 and not done.stderr, "the copy takes its place, and nothing is warned of", done.stderr.decode())
    tap.check("sound" in tablet.run("check"), "it is sound")
    tap.check(len(list(folder.glob("damaged.db.before-*"))) >= 1, "the damaged file is kept")
    tablet.store.write_bytes(b"no records at all, but long enough for a header" * 100)
    done = tablet.try_run("list")
    tap.check(done.returncode == 1 and b"soban-sync restore --store" in done.stderr, "what no file of ours is, says so", done.stderr.decode())


def check_bad_input(folder, tablet):
    def ends(expected, *arguments, stdin=None, says=b""):
        done = tablet.try_run(*arguments, stdin=stdin)
        tap.check(done.returncode == expected and says in done.stderr, f"{' '.join(map(str, arguments))}: ends with {expected}",
                  f"{done.returncode}: {done.stderr.decode(errors='replace')}")

    before = tablet.json("list")
    ends(3, "add", "communication_session", "--field", "total=many", says=b"Nothing was saved")
    ends(1, "add", "no_such_form")
    ends(1, "add", "communication_session", "--as-is", "--field", "no_such_question=1", says=b"no_such_question")
    ends(2, "add")
    ends(2, "add", "communication_session", "--field", "total")
    ends(2, "show", "no-id")
    ends(1, "show", "00000000-0000-7000-8000-000000000000")
    ends(1, "add", "--batch", "-", "--as-is", stdin=b'{"form": "communication_session", "fields": {"total": "\xff"}}\n', says=b"UTF-8")
    ends(1, "add", "--batch", "-", "--as-is", stdin=b'{"form": "event", "fields": {}}\n{"form": 1}\n', says=b"line 2")
    ends(1, "add", "case_record", "--as-is", "--field", "case_code=A-1")
    # The second line is refused by the store only, when the first has been saved already.
    line = b'{"form": "communication_session", "fields": {"total": 7}}\n'
    ends(1, "add", "--batch", "-", "--as-is", stdin=line + b'{"form": "case_record", "fields": {"case_code": "A-1"}}\n',
         says=b"nothing was saved: line 2")
    tap.check(tablet.json("list") == before, "nothing of all that was saved")
    bare = Tablet(folder, "bare")
    for verb in ("check", "list", "report", "status", "sync"):
        done = bare.try_run(verb)
        tap.check(done.returncode == 1 and b"no records' file" in done.stderr, f"{verb} of a file that is not there", done.stderr.decode())
    done = bare.try_run("report", "--period", "2026-99")
    tap.check(done.returncode == 2, "a period that is none is told", done.stderr.decode())
    done = bare.try_run("report", "--by", "colour")
    tap.check(done.returncode == 2 and b"colour" in done.stderr, "a division that is none is told", done.stderr.decode())
    bare.try_run("add", "--batch", "-", "--as-is", stdin=line)
    done = bare.try_run("sync")
    tap.check(done.returncode == 5 and b"not registered" in done.stderr, "a tablet without a server says so", done.stderr.decode())
    done = bare.try_run("enrol", "-", stdin=b"[soban-enrolment]\nversion=1\nurl=http://example.org\n")
    tap.check(done.returncode == 1 and b"not protected" in done.stderr, "an address in the clear is refused", done.stderr.decode())
    bundle = folder / "bundle.soban"
    bundle.write_bytes(b"SBUN\x01\x02")
    done = bare.try_run("dump", bundle)
    tap.check(done.returncode == 5 and b"This tablet is not registered" in done.stderr, "whose bundle it cannot open a tablet says", done.stderr.decode())


def check_patience(collector, tablet):
    """The collector is down, and comes up at the same address only after the sync was begun."""
    done = tablet.try_run("sync", "--patience", "1")
    tap.check(done.returncode == 4, "a patience that is over: later, and all is safe", done.stderr.decode())
    done = tablet.try_run("sync", "--patience", "-1")
    tap.check(done.returncode == 2, "patience is no negative number", done.stderr.decode())
    waiting = tablet.start("sync", "--patience", "60")
    collector.serve(int(collector.url.rsplit(":", 1)[1]))
    try:
        out, err = waiting.communicate(timeout=90)
    finally:
        waiting.kill()
        collector.__exit__()
    tap.check(waiting.returncode == 0 and b"sent 1 of 1" in out, "with patience the record is sent when the collector is there", (out + err).decode())
    tap.check(tablet.json("status")["waiting"] == 0, "and nothing waits")


def main():
    with tempfile.TemporaryDirectory(prefix="soban-sync-") as name:
        folder = Path(name)
        activities, parts, scopes = load_samples()
        a, b = Tablet(folder, "a"), Tablet(folder, "b")
        with Collector(folder) as collector:
            for tablet in (a, b):
                enrolment = folder / f"{tablet.name}.enrolment"
                collector.enrol(tablet.name, scopes, enrolment)
                tablet.run("enrol", enrolment)
            check_samples(collector, a, b, activities, parts)
            check_two_tablets_change_one(collector, a, b, scopes[0])
            check_names(collector, a, b, scopes[0])
            check_late_tablet(collector, folder, a, scopes)
            by_code = check_enrolment(collector, folder, scopes[0])
            by_code.run("add", "communication_session", "--as-is", "--field", "total=7")
            by_code.run("sync")
            check_erased(collector, by_code)
            check_bad_input(folder, a)
            check_damage(folder)
            check_batch_is_quick(folder)
            device = by_code.json("status")["device"]
            collector.run("device", "revoke", device)
            by_code.run("add", "communication_session", "--as-is", "--field", "total=8")
            done = by_code.try_run("sync")
            tap.check(done.returncode == 5 and b"does not know this tablet" in done.stderr, "a revoked tablet is told so", done.stderr.decode())
            tap.check(by_code.json("status")["waiting"] == 1, "and keeps its work")
            for tablet in (a, b, by_code):
                tap.check("sound" in tablet.run("check"), f"the store of {tablet.name} is sound")
            collector.run("check")
        a.run("add", "communication_session", "--as-is", "--field", "total=9")
        done = a.try_run("sync")
        tap.check(done.returncode == 4 and b"Everything is safe" in done.stderr, "a collector that is down: later, and all is safe", done.stderr.decode())
        tap.check(a.json("status")["waiting"] == 1, "what could not be sent waits")
        check_patience(collector, a)
    tap.done()


if __name__ == "__main__":
    main()
