# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that must not be left in the project: notes of unfinished work, paths of a machine it was written on, download hosts."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import SOURCE, Tap, relative, source_files  # noqa: E402

# Put together from pieces, so that this file passes its own check.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bX" r"XX\b",
            r"(?<![\w.])/wo" r"rk/", r"(?<![\w.}])/t" r"mp/",
            r"registry\.n" r"pmjs", r"py" r"pi\.org", r"proxy\.go" r"lang", r"deb\.deb" r"ian\.org",
        )
    )
)
SUFFIXES = (
    ".c", ".h", ".py", ".sh", ".ui", ".xml", ".sql", ".css", ".svg", ".its", ".loc", ".js", ".mjs", ".html", ".service",
    ".conf", ".in", ".po", ".pot", ".md", ".tsv", ".json", ".txt", "meson.build", "run",
)


def main():
    tap = Tap()
    tap.check(FORBIDDEN.search("/* TO" "DO: later */") is not None, "self-test: a note of unfinished work is found")
    tap.check(FORBIDDEN.search("mktemp -t soban.XXXXXX") is None, "self-test: a template of mktemp is not")
    found = []
    for path in source_files(*SUFFIXES) + [SOURCE / ".ci" / "run"]:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            hit = FORBIDDEN.search(line)
            if hit:
                found.append(f"{relative(path)}:{number}: {hit.group()}")
    tap.check(not found, "no word is left that must not be", found)
    tap.done()


main()
