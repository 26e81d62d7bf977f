# SPDX-License-Identifier: GPL-3.0-or-later
"""Test Anything Protocol for the Python tests: one line a check, the plan at the end."""

import os
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("SOBAN_SOURCE_DIR", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("SOBAN_BUILD_DIR", SOURCE / "build"))


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, ok, name, detail=""):
        """One check; `detail` (text or a list of lines) is shown when it fails. Gives `ok` back."""
        self.count += 1
        print(f"{'ok' if ok else 'not ok'} {self.count} {name}", flush=True)
        if not ok:
            self.failed += 1
            self.note(detail)
        return ok

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {why}", flush=True)

    def note(self, text):
        lines = text.splitlines() if isinstance(text, str) else [str(line) for line in text]
        for line in lines:
            print(f"# {line}", flush=True)

    def done(self):
        """Prints the plan and ends the program."""
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def source_files(*suffixes, under=()):
    """The project's files with one of these suffixes, below the folders `under` (all of them when empty), sorted."""
    roots = [SOURCE / folder for folder in under] or [SOURCE]
    found = []
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders if not f.startswith((".", "build", "__pycache__"))]
            found += [Path(folder) / f for f in files if f.endswith(suffixes)]
    return sorted(found)


def relative(path):
    return Path(path).relative_to(SOURCE).as_posix()
