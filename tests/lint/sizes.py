# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of at most 800 lines (above 400: listed), functions of at most 70."""

import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import Tap, relative, source_files  # noqa: E402

FILE_LINES_MAX = 800
FILE_LINES_AIM = 400
FUNCTION_LINES_MAX = 70
EXEMPT = re.compile(r"_class_init$")
NAME = re.compile(r"^(\w+) \(", re.M)


def c_functions(text):
    """(name, lines) of each function: its brace opens on a line of its own in the first column, and closes so."""
    lines = text.split("\n")
    opened = None
    for number, line in enumerate(lines):
        if line == "{":
            opened = number
        elif opened is not None and line.startswith("}"):
            head = "\n".join(lines[max(0, opened - 12):opened])
            names = NAME.findall(head)
            yield names[-1] if names else f"line {opened + 1}", number - opened - 1
            opened = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno


def main():
    tap = Tap()
    body = "  g_print (\"x\");\n"
    long = "static void\nlong_one (void)\n{\n" + body * 71 + "}\n"
    tap.check(list(c_functions(long)) == [("long_one", 71)], "self-test: a function of 71 lines is measured")

    too_long, large, too_large = [], [], []
    for path in source_files(".c", ".h", ".py", ".ui", ".css", ".sh"):
        name, text = relative(path), path.read_text(encoding="utf-8")
        if name.startswith("tests/fixtures/"):
            continue
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            too_large.append(f"{name}: {lines} lines")
        elif lines > FILE_LINES_AIM:
            large.append(f"{name}: {lines} lines")
        functions = c_functions(text) if name.endswith(".c") else python_functions(text) if name.endswith(".py") else ()
        too_long += [f"{name}: {function}() has {n} lines" for function, n in functions if n > FUNCTION_LINES_MAX and not EXEMPT.search(function)]
    tap.check(not too_large, f"files have at most {FILE_LINES_MAX} lines", too_large)
    tap.check(not too_long, f"functions have at most {FUNCTION_LINES_MAX} lines", too_long)
    if large:
        tap.note([f"larger than {FILE_LINES_AIM} lines, to be cut when next touched:"] + large)
    tap.done()


main()
