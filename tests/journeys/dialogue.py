# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy dialogue, from the first letter to the report on paper."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from record_journey import CODE, SCOPE, TEAM, TODAY, Kind, begin_activity, count_people, run  # noqa: E402
from tablet import pattern, vi  # noqa: E402

VILLAGE = "Bản Huổi Phặc"
DETAILS_AFTER = ("More about who took part", "Length, languages, partners, funds", "Photos and place", "Difficulties, proposals")
OPINION = "Làm cầu qua suối, mùa mưa các cháu không đến lớp được"


def fill(app):
    begin_activity(app, "Policy dialogue", VILLAGE)
    app.page(vi("The dialogue"))
    app.mark(vi("Commune level"))
    app.mark(vi("Chair of the Women's Union"))
    app.next()
    app.page(vi("Opinions"))
    app.write(vi("Number of opinions"), "14")
    app.write(vi("Answered on the spot"), "11")
    app.next()
    count_people(app, vi("Total participants"), 58, 33, 51)
    follow_up(app)


def follow_up(app):
    """One opinion to follow up: a page of its own, reached from the list, and that from the review; who has none never comes by."""
    app.page(vi("Look it over once more"))
    app.press_text("Add details (need not be filled in)")
    app.page(vi("More about the opinions"))
    app.next()
    app.page(vi("Opinions to follow up"))
    app.press_text("Add one")
    app.page(vi("Opinion to follow up"))
    app.write(vi("Opinion"), OPINION)
    app.next()
    app.page(vi("Opinions to follow up"))
    app.find(pattern(OPINION), "label|push button")
    app.next()
    for heading in DETAILS_AFTER:
        app.page(vi(heading))
        app.next()


run(Kind(
    form="policy_dialogue", title="Policy dialogue", fill=fill, row=vi("Commune level") + " · bản Huổi Phặc", search="huoi phac",
    other_row=TEAM,
    question=vi("Number of opinions"), path="opinions_total", first=14, second=17,
    expected={"opinions_answered": "11", "level": "commune", "chair": "union_chair", "total": "58", "female": "33", "minority": "51", "opinion[]/text": OPINION},
    others=[{"activity_date": str(TODAY), "commune_id": SCOPE, "level": "commune", "opinions_total": "3", "total": "20"}],
    sums={"Policy dialogues at commune or village-cluster level": 2},
    links=("/indicator/policy_dialogues", "unit=12%40", f"unit={CODE}%40"),
))
