# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the names of the tests of the pure parts (base, form, log, protocol), for valgrind: pure_tests.py BUILD"""

import json
import subprocess
import sys

PURE = ("tests/schema/base/", "tests/schema/form/", "tests/schema/log/", "tests/sync/protocol/")

tests = json.loads(subprocess.run(["meson", "introspect", "--tests", sys.argv[1]], capture_output=True, text=True, check=True).stdout)
names = [test["name"] for test in tests if any(f"/{folder}" in test["cmd"][0] for folder in PURE)]
if not names:
    sys.exit("no test of the pure parts was found")
print("\n".join(names))
