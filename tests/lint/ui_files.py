# SPDX-License-Identifier: GPL-3.0-or-later
"""Every .ui file is read by GtkBuilder without an error.

gtk4-builder-tool knows GTK's own types alone, so templates of our classes and rows of libadwaita are checked by
GtkBuilder's rules of form (well-formed, one root, each id once, properties named) and by the tool where it knows all types.
"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import Tap, relative, source_files  # noqa: E402

UNKNOWN_TYPE = re.compile(r"Invalid object type|Invalid type function|not a valid type|Not expecting to handle a template|Failed to lookup template parent type", re.I)


def faults_of_form(path):
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        return [str(error)]
    faults = [] if root.tag == "interface" else [f"root is <{root.tag}>, not <interface>"]
    ids = [node.get("id") for node in root.iter("object") if node.get("id")]
    faults += [f"id {name} is given twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    for node in root.iter("property"):
        if not node.get("name"):
            faults.append("a property without a name")
        if node.get("bind-source") and node.get("bind-source") not in ids + [t.get("class") for t in root.iter("template")]:
            faults.append(f"property {node.get('name')} is bound to {node.get('bind-source')}, which is not there")
    return faults


def main():
    tap = Tap()
    files = source_files(".ui", under=("app",))
    tap.check(files, "there are .ui files")
    broken = []
    for path in files:
        broken += [f"{relative(path)}: {fault}" for fault in faults_of_form(path)]
    tap.check(not broken, "every .ui file is well formed", broken)

    refused = []
    for path in files:
        answer = subprocess.run(["xvfb-run", "-a", "gtk4-builder-tool", "validate", str(path)], capture_output=True, text=True, check=False)
        if answer.returncode != 0 and not UNKNOWN_TYPE.search(answer.stderr + answer.stdout):
            refused += [f"{relative(path)}: {line}" for line in answer.stderr.splitlines()]
    tap.check(not refused, "gtk4-builder-tool accepts every .ui file", refused)
    tap.done()


main()
