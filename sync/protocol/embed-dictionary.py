# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns dictionary-1.txt into the bytes it stands for (sync/README.md 4.13), as a C table: embed-dictionary.py IN OUT"""

import re
import sys


def read_dictionary(text):
    """Comments and line feeds go, \\xNN is a byte, \\\\ a backslash."""
    joined = "".join(line for line in text.split("\n") if not line.startswith("#")).encode()
    return re.sub(rb"\\(x[0-9a-f]{2}|\\)", lambda escape: b"\\" if escape[1] == b"\\" else bytes([int(escape[1][1:], 16)]), joined)


def main():
    with open(sys.argv[1], encoding="utf-8", newline="\n") as source:
        data = read_dictionary(source.read())
    rows = [", ".join(map(str, data[at:at + 24])) for at in range(0, len(data), 24)]
    with open(sys.argv[2], "w", encoding="ascii") as table:
        table.write("/* Made from dictionary-1.txt. */\nstatic const guint8 dictionary[] = {\n  " + ",\n  ".join(rows) + "\n};\n")


if __name__ == "__main__":
    main()
