# SPDX-License-Identifier: GPL-3.0-or-later
"""A training, from the first letter to the report on paper. Its length is a decimal: a locale writes it with a comma, the record
never does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from record_journey import CODE, SCOPE, TEAM, TODAY, Kind, begin_activity, count_people, run  # noqa: E402
from tablet import vi  # noqa: E402

VILLAGE = "Bản Tả Ngảo"


def fill(app):
    begin_activity(app, "Training", VILLAGE)
    app.page(vi("The training"))
    app.choose(vi("Programme"), "can bo nu", vi("Ethnic-minority women cadres (target 2,000)"))
    app.write(vi("Number of days"), "1,5")
    app.mark(vi("Team members"))
    app.mark(vi("Village heads, branch secretaries"))
    app.next()
    count_people(app, vi("Total trainees"), 25, 25, 24)


def earlier(program, total):
    return {"activity_date": str(TODAY), "commune_id": SCOPE, "program": program, "days": "2", "total": str(total), "trainee_group": "teachers"}


run(Kind(
    form="training", title="Training", fill=fill, row=vi("Ethnic-minority women cadres (target 2,000)") + " · bản Tả Ngảo",
    search="ta ngao", other_row=TEAM,
    question=vi("Total trainees"), path="total", first=25, second=26,
    expected={"days": "1.5", "program": "women_cadres", "trainee_group": "team_members village_heads_secretaries", "female": "25", "minority": "24"},
    others=[earlier("women_cadres", 30), earlier("monitoring_evaluation", 18)],
    sums={
        "Ethnic-minority women cadres whose capacity was built": 25 + 30,
        "Training courses on monitoring and evaluation of gender equality": 1,
        "Officers trained in monitoring and evaluation of gender equality": 18,
    },
    links=("/indicator/women_cadres", "unit=12%40", f"unit={CODE}%40"),
))
