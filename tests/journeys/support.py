# SPDX-License-Identifier: GPL-3.0-or-later
"""The month's people supported, from the first letter to the report on paper."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from record_journey import ADDRESS, CODE, TEAM, TODAY, Kind, run  # noqa: E402
from tablet import vi  # noqa: E402

MONTH = str(TODAY.replace(day=1))
NUMBERS = {
    "The new people by age and sex": {"Girls under 16": 2, "Boys under 16": 0, "Women 16–59": 6, "Men 16–59": 0, "60 and over": 1},
    "Of the new people": {"Ethnic minority": 8, "Referred elsewhere": 3},
}


def fill(app):
    app.begin("Support summary")
    app.page(vi("Which month, which place"))
    app.press_text("This month", "")
    app.choose(vi("Trusted address / team"), "na lung", TEAM)
    app.mark(vi("No"))
    app.next()
    app.page(vi("People and visits"))
    app.write(vi("New people"), "9")
    app.write(vi("Total counselling and support visits"), "21")
    app.next()
    for heading, numbers in NUMBERS.items():
        app.page(vi(heading))
        for label, number in numbers.items():
            app.write(vi(label), str(number))
        app.next()


run(Kind(
    form="support_summary", title="Support summary", fill=fill, row=TEAM, search="na lung", other_row=ADDRESS,
    question=vi("Total counselling and support visits"), path="visits", first=21, second=24,
    expected={"period": MONTH, "people_new": "9", "girls_under_16": "2", "women_16_59": "6", "minority": "8", "referred": "3", "nil": "no"},
    others=[{"period": MONTH, "place_id": ADDRESS, "nil": "no", "people_new": "6", "visits": "7"}],
    sums={"Women and children counselled at trusted addresses": 9 + 6},
    links=("/indicator/people_counselled", "unit=12%40", f"unit={CODE}%40"),
))
