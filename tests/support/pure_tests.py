# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the names of the tests of the pure parts (base, form, log, protocol) that took less than three seconds, for valgrind,
which takes a hundred times as long: pure_tests.py BUILD TESTLOG.json"""

import json
import subprocess
import sys
from pathlib import Path

PURE = ("tests/schema/base/", "tests/schema/form/", "tests/schema/log/", "tests/sync/protocol/")
SECONDS_MAX = 3.0

tests = json.loads(subprocess.run(["meson", "introspect", "--tests", sys.argv[1]], capture_output=True, text=True, check=True).stdout)
runs = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()]
seconds = {run["name"].rsplit(" / ", 1)[-1]: run["duration"] for run in runs}
names = [
    test["name"]
    for test in tests
    if any(f"/{folder}" in test["cmd"][0] for folder in PURE) and seconds.get(test["name"], SECONDS_MAX) < SECONDS_MAX
]
if not names:
    sys.exit("no test of the pure parts was found")
print("\n".join(names))
