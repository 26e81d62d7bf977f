# SPDX-License-Identifier: GPL-3.0-or-later
"""`meson install` puts every file where it belongs, and none beside: compared with installed.txt."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import BUILD, SOURCE, Tap  # noqa: E402

# Every file of these folders goes where its twin stands.
COPIED = (
    ("schema/forms", ".xml", "share/soban/forms"),
    ("schema/forms", ".tsv", "share/soban/forms"),
    ("schema/reference", ".tsv", "share/soban/reference"),
    ("app/install/icons", ".svg", None),
)


def expected():
    """Paths below the prefix: the list, and what the source folders say."""
    lines = (SOURCE / "tests" / "lint" / "installed.txt").read_text(encoding="utf-8").splitlines()
    paths = {line for line in lines if line and not line.startswith("#")}
    for folder, suffix, target in COPIED:
        for path in sorted((SOURCE / folder).glob("*" + suffix)):
            kind = "symbolic" if path.stem.endswith("-symbolic") else "scalable"
            paths.add(f"{target or f'share/icons/hicolor/{kind}/apps'}/{path.name}")
    return paths


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            ["meson", "install", "--no-rebuild", "--quiet", "-C", str(BUILD)],
            env=dict(os.environ, DESTDIR=folder), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
        tap.check(answer.returncode == 0, "meson install succeeds", answer.stdout + answer.stderr)
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        marks = [path for path in files if path.as_posix().endswith("/bin/soban")]
        if not tap.check(len(marks) == 1, "the app is installed once", marks):
            tap.done()
        prefix = marks[0].parents[1]
        found = {path.relative_to(prefix).as_posix() for path in files}
    wanted = expected()
    tap.check(not wanted - found, "everything is installed", sorted(wanted - found))
    tap.check(not found - wanted, "nothing else is installed", sorted(found - wanted))
    tap.done()


main()
