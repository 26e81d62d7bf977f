# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up what `meson test` wrote, check by check.

    summary.py LABEL=BUILD/meson-logs/NAME ...

NAME is the --logbase of a run; `LABEL=` stands for a build that broke, and counts as one failure. Prints each failed check with what it said, a line a run,
and closes with `N passed, N failed, N skipped`.
Exits with 1 when a check failed, a test program ended badly, or nothing ran.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

SAID_LINES_MAX = 8


def count_checks(junit):
    """Test name -> counts of its checks, and the names of the failed ones."""
    checks = {}
    for suite in ElementTree.parse(junit).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            kinds = {child.tag for child in case}
            result = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
            counts, failed = checks.setdefault(suite.get("name"), (Counter(), []))
            counts[result] += 1
            if result == "failed":
                failed.append(case.get("name"))
    return checks


def quote(test, failed):
    """What a test said of its failed checks, or, when it names none, the last that it said."""
    lines, said = (test.get("stdout") or "").splitlines(), []
    if not failed:
        said = (lines + (test.get("stderr") or "").splitlines())[-SAID_LINES_MAX:]
    for at, line in enumerate(lines):
        if line.startswith("not ok") and failed:
            after = lines[at + 1:at + 1 + SAID_LINES_MAX]
            said += [line] + after[:next((n for n, each in enumerate(after) if not each.startswith("#")), len(after))]
    return [f"    {line}" for line in said]


def count_run(base):
    """Counts of one run, and a line for each thing that failed."""
    total, told = Counter(), []
    checks = count_checks(base.with_name(base.name + ".junit.xml"))
    for line in base.with_name(base.name + ".json").read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        name = test["name"].rsplit(" / ", 1)[-1]
        counts, failed = checks.get(f"soban.{test['name']}", (Counter(), []))
        if not counts:
            counts = Counter({"OK": "passed", "SKIP": "skipped", "EXPECTEDFAIL": "passed"}.get(test["result"], "failed").split())
        elif test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and not counts["failed"]:
            # The checks it came to were good, but it died, or never came to the others.
            counts["failed"] += 1
        total += counts
        told += [f"{name}: {check}" for check in failed]
        if counts["failed"] and not failed:
            told.append(f"{name}: ended with {test['result']} ({test['returncode']})")
        if counts["failed"]:
            told += quote(test, failed)
    return total, told


def main():
    total = Counter()
    for argument in sys.argv[1:]:
        label, base = argument.split("=", 1)
        counts, told = count_run(Path(base)) if base else (Counter(failed=1), ["it does not build"])
        for line in told:
            print(line if line.startswith(" ") else f"not ok  {label}: {line}")
        print(f"{label}: {counts['passed']} ok, {counts['failed']} not ok, {counts['skipped']} left out")
        total += counts
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    sys.exit(0 if total["passed"] and not total["failed"] else 1)


main()
