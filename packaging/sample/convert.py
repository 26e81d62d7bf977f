#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the real activities of sample_activities.json into lines for `soban-sync add --batch FILE --as-is`.

One JSON object a line: {"form": id, "scope": unit uid of today (when known), "fields": {path: value}}. Only what the
source says is written: what it lacks stays empty, a month or a year stays a month or a year, and the record then "needs
a look". Rows of the kind period_summary are totals of the press over a period, no activities, and are left out.

  convert.py [--part K/N] [--input FILE] [--units FILE]
"""
import argparse
import json
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
COMMUNE_TYPES = {"xã": "xa", "phường": "phuong", "đặc khu": "dac_khu"}
# The communes of before this day have no date in their uid: "02947@".
NEW_UNITS_FROM = "2025-07-01"


class Units:
    """The communes and provinces in force today, from reference/units.tsv."""

    def __init__(self, file):
        lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
        columns = lines[0].split("\t")
        rows = [dict(zip(columns, line.split("\t"))) for line in lines[1:]]
        self.rows = [row for row in rows if not row["valid_to"]]
        self.provinces = {row["name"]: row["code"] for row in self.rows if row["level"] == "1"}

    @staticmethod
    def uid(row):
        return f"{row['code']}@{row['valid_from']}"

    def by_code(self, code):
        return next((self.uid(row) for row in self.rows if row["code"] == code), None)

    def by_name(self, kind, name, province):
        """The one commune so called in the province; None when there is none or more than one."""
        found = [row for row in self.rows if row["level"] == "3" and row["type"] == kind and row["name"] == name
                 and row["parent_code"] == self.provinces.get(province)]
        return self.uid(found[0]) if len(found) == 1 else None


def commune_named_in(text, province, units):
    """"xã Lam Vỹ: xóm Tân Vàng ..." begins with the name of a commune; a village's own text does not."""
    match = re.match(r"(xã|phường|đặc khu) ([^:(,]+)", text)
    return units.by_name(COMMUNE_TYPES[match[1]], match[2].strip(), province) if match else None


def place_of(activity, units):
    """(unit on the day of the activity, unit of today), either may be None"""
    today = units.by_code(activity["new_code"]) if activity.get("new_code") else None
    if activity["date"] < NEW_UNITS_FROM:
        return (f"{activity['old_code']}@" if activity.get("old_code") else None), today
    if today is None:
        today = commune_named_in(activity["village"], activity["province_then"], units)
    return today, today


def opinions_in(text):
    """The number of opinions where it is stated, not where it is "about" or "more than" so many."""
    match = re.search(r"(?:(gần|hơn|trên|khoảng) )?(\d+) (?:lượt )?ý kiến", text)
    return match[2] if match and not match[1] else None


def convert(activity, units):
    commune, scope = place_of(activity, units)
    # The form's own default for how people were counted would be a statement that no source makes.
    fields = {"activity_date": activity["date"], "count_method": ""}
    if activity["date_to"]:
        fields["several_days"] = "yes"
        fields["end_date"] = activity["date_to"]
    if commune:
        fields["commune_id"] = commune
    if activity["village"]:
        fields["village_id"] = "other"
        fields["village_new"] = activity["village"]
    if activity["participants"] is not None:
        fields["total"] = str(activity["participants"])
    if activity["kind"] == "event":
        fields["event_kind"] = activity["event_kind"]
        fields["title"] = activity["title"]
    if activity.get("program"):
        fields["program"] = activity["program"]
    if activity["kind"] == "policy_dialogue":
        opinions = opinions_in(activity["extra"])
        if opinions:
            fields["opinions_total"] = opinions
    record = {"form": activity["kind"], "fields": fields}
    if scope:
        record["scope"] = scope
    return record


def part(text):
    match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
    if not match or int(match[1]) > int(match[2]):
        raise argparse.ArgumentTypeError("a part is K/N with 1 <= K <= N, for example 1/2")
    return int(match[1]), int(match[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--part", type=part, default=(1, 1), metavar="K/N",
                        help="only the K-th of N equal parts, one for each tablet")
    parser.add_argument("--input", type=pathlib.Path, default=HERE / "sample_activities.json")
    parser.add_argument("--units", type=pathlib.Path, default=HERE.parent.parent / "schema" / "reference" / "units.tsv")
    arguments = parser.parse_args()
    try:
        units = Units(arguments.units)
        activities = json.loads(arguments.input.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"convert.py: {error}")
    activities = [activity for activity in activities if activity["kind"] != "period_summary"]
    wanted, parts = arguments.part
    for index, activity in enumerate(activities):
        if index % parts == wanted - 1:
            line = json.dumps(convert(activity, units), ensure_ascii=False)
            print(unicodedata.normalize("NFC", line))


if __name__ == "__main__":
    main()
