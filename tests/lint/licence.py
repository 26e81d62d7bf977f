# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source file says its licence in its first line (in the second below a #! or an XML declaration)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import Tap, relative, source_files  # noqa: E402

SUFFIXES = (
    ".c", ".h", ".py", ".sh", ".ui", ".xml", ".sql", ".css", ".svg", ".its", ".loc", ".js", ".mjs", ".html", ".service",
    ".conf", ".desktop.in", ".metainfo.xml.in", ".gresource.xml", "meson.build",
)
LINE = "SPDX-License-Identifier: GPL-3.0-or-later"


def says_licence(text):
    first, second = (text.split("\n", 2) + ["", ""])[:2]
    return LINE in (second if first.startswith(("#!", "<?xml")) and LINE not in first else first)


def main():
    tap = Tap()
    tap.check(not says_licence("int x;\n"), "self-test: a file without the line is found")
    tap.check(says_licence(f"#!/bin/sh\n# {LINE}\n"), "self-test: the line below #! counts")
    missing = [
        relative(path)
        for path in source_files(*SUFFIXES)
        if not relative(path).startswith("tests/fixtures/") and not says_licence(path.read_text(encoding="utf-8"))
    ]
    tap.check(not missing, "every source file has its SPDX line", missing)
    tap.done()


main()
