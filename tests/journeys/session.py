# SPDX-License-Identifier: GPL-3.0-or-later
"""A communication session, from the first letter to the report on paper."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from record_journey import CODE, SCOPE, TEAM, TODAY, Kind, fill_session, run  # noqa: E402
from tablet import vi  # noqa: E402

EARLIER = (41, 107)  # who came to the sessions that are on the tablet already


def earlier(total):
    return {"activity_date": str(TODAY), "commune_id": SCOPE, "team_id": TEAM, "total": str(total), "female": "3", "minority": "2"}


run(Kind(
    form="communication_session", title="Communication session", fill=fill_session, row=vi("Preventing domestic violence") + " · bản Nậm Ngặt thượng",
    search="nam ngat", other_row=TEAM,
    question=vi("Total participants"), path="total", first=32, second=35,
    expected={"female": "20", "minority": "30", "topics": "02", "method": "own_session", "commune_id": SCOPE, "activity_date": str(TODAY)},
    others=[earlier(total) for total in EARLIER],
    sums={"Communication sessions held": 1 + len(EARLIER), "Attendances at communication sessions": 32 + sum(EARLIER)},
    links=("/indicator/communication_sessions", "unit=12%40", f"unit={CODE}%40"),
))
