# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sample activity becomes a record of its form, with what its source says and nothing else."""

import collections
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from tap import SOURCE, Tap  # noqa: E402

SAMPLE = SOURCE / "packaging" / "sample"
XFORMS = "{http://www.w3.org/2002/xforms}"


def convert(*arguments):
    done = subprocess.run(["/usr/bin/python3", str(SAMPLE / "convert.py"), *arguments], capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def fields_of(form):
    root = ElementTree.parse(SOURCE / "schema" / "forms" / f"{form}.xml").getroot()
    data = root.find(f".//{XFORMS}instance/{XFORMS}data")
    return {node.tag.removeprefix(XFORMS) for node in data}


def units_of_today():
    lines = (SOURCE / "schema" / "reference" / "units.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return {f"{row[0]}@{row[5]}" for row in rows if not row[6]}


def check_against_source(tap, activity, record):
    fields = record["fields"]
    expected = {"activity_date": activity["date"], "count_method": ""}
    if activity["date_to"]:
        expected.update(several_days="yes", end_date=activity["date_to"])
    if activity["village"]:
        expected.update(village_id="other", village_new=activity["village"])
    if activity["participants"] is not None:
        expected["total"] = str(activity["participants"])
    if activity["kind"] == "event":
        expected.update(event_kind=activity["event_kind"], title=activity["title"])
    if "program" in activity:
        expected["program"] = activity["program"]
    if activity["no"] == 38:
        expected["opinions_total"] = "18"
    given = {name: value for name, value in fields.items() if name != "commune_id"}
    tap.check(given == expected, f"no. {activity['no']}: as its source says", [str(given), str(expected)])
    if activity["date"] < "2025-07-01":
        tap.check(fields.get("commune_id", "@") == activity.get("old_code", "") + "@", f"no. {activity['no']}: the commune of that day")


def main():
    tap = Tap()
    activities = json.loads((SAMPLE / "sample_activities.json").read_text(encoding="utf-8"))
    wanted = [activity for activity in activities if activity["kind"] != "period_summary"]
    status, records, _ = convert()
    tap.check(status == 0 and len(records) == len(wanted) == 41, "41 activities become 41 records", str(len(records)))
    tap.check([record["form"] for record in records] == [activity["kind"] for activity in wanted], "each of the right form")
    for activity, record in zip(wanted, records):
        check_against_source(tap, activity, record)

    unknown = {f"{record['form']}: {name}" for record in records for name in record["fields"] if name not in fields_of(record["form"])}
    tap.check(not unknown, "every field is in its form", sorted(unknown))
    scopes = {record["scope"] for record in records if "scope" in record}
    tap.check(scopes and scopes <= units_of_today(), "every scope is a commune of today", sorted(scopes - units_of_today()))
    later = {record["fields"]["commune_id"] for record in records if record["fields"]["activity_date"] >= "2025-07-01"
             and "commune_id" in record["fields"]}
    tap.check(later == {"03433@2025-07-01", "14848@2025-07-01", "05542@2025-07-01", "23293@2025-07-01"},
              "Bum Tở, Tam Chung, Lam Vỹ and Kon Tum are known by their names", sorted(later))

    _, first, _ = convert("--part", "1/2")
    _, second, _ = convert("--part", "2/2")
    key = json.dumps
    both = collections.Counter(map(key, first)) + collections.Counter(map(key, second))
    tap.check(both == collections.Counter(map(key, records)) and abs(len(first) - len(second)) <= 1, "two tablets share them")
    for wrong in ("3/2", "0/2", "x"):
        status, lines, error = convert("--part", wrong)
        tap.check(status != 0 and not lines and "K/N" in error, f"--part {wrong} is refused")
    status, lines, error = convert("--input", "/nowhere.json")
    tap.check(status == 1 and not lines and "nowhere.json" in error, "a missing file is named")
    tap.done()


main()
