# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES.in lists every file with texts, and po/vi.po has each text in Vietnamese: nothing untranslated, nothing doubtful."""

import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import SOURCE, Tap  # noqa: E402

ENV = dict(os.environ, LC_ALL="C.UTF-8")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, env=ENV, cwd=SOURCE, check=False)


def listed(path):
    return {line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}


def texts(catalogue, *options):
    """The msgids of a catalogue that msgattrib selects by `options`."""
    answer = run("msgattrib", "--no-obsolete", "--no-wrap", *options, str(catalogue)).stdout
    return [t for t in re.findall(r'^msgid "(.*)"$', answer, re.M) if t]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        made = run("sh", "po/update.sh", "--into", folder)
        if not tap.check(made.returncode == 0, "the texts can be taken from the sources", made.stderr):
            tap.done()
        warnings = [line for line in made.stderr.splitlines() if "warning:" in line]
        tap.check(not warnings, "xgettext has nothing to object to", warnings)

        now, kept = listed(fresh / "POTFILES.in"), listed(SOURCE / "po" / "POTFILES.in")
        tap.check(not now - kept, "POTFILES.in names every file with texts (po/update.sh writes it)", sorted(now - kept))
        tap.check(not kept - now, "POTFILES.in names no file without texts", sorted(kept - now))

        everything = texts(fresh / "soban.pot")
        tap.check(len(everything) > 100, "the sources' texts are found", [f"only {len(everything)}"])
        untranslated = texts(fresh / "vi.po", "--untranslated")
        tap.check(not untranslated, "every text is in po/vi.po", untranslated)
        doubtful = texts(fresh / "vi.po", "--only-fuzzy")
        tap.check(not doubtful, "no translation is marked fuzzy", doubtful)
        checked = run("msgfmt", "--check", "--output-file=/dev/null", str(fresh / "vi.po"))
        tap.check(checked.returncode == 0, "msgfmt --check finds no fault", checked.stderr)

    text = (SOURCE / "po" / "vi.po").read_text(encoding="utf-8")
    odd = [line for line in text.splitlines() if unicodedata.normalize("NFC", line) != line]
    tap.check(not odd, "po/vi.po is in Unicode NFC", odd)
    tap.done()


main()
