# SPDX-License-Identifier: GPL-3.0-or-later
"""What other programs read of us holds to their rules: desktop file, AppStream metainfo, settings schema, XML, systemd unit."""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import BUILD, SOURCE, Tap, source_files  # noqa: E402

APP = "org.soban.Soban"


def accepted(tap, name, *command):
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return tap.check(answer.returncode == 0, name, answer.stdout + answer.stderr)


def main():
    tap = Tap()
    made = BUILD / "app" / "install"
    accepted(tap, "desktop-file-validate accepts the desktop file", "desktop-file-validate", str(made / f"{APP}.desktop"))
    accepted(tap, "appstreamcli accepts the metainfo", "appstreamcli", "validate", "--no-net", "--pedantic", str(made / f"{APP}.metainfo.xml"))
    for name in (f"{APP}.desktop", f"{APP}.metainfo.xml"):
        text = (made / name).read_text(encoding="utf-8")
        tap.check("[vi]=" in text or 'xml:lang="vi"' in text, f"{name} speaks Vietnamese")
    with tempfile.TemporaryDirectory() as folder:
        accepted(tap, "the settings schema compiles", "glib-compile-schemas", "--strict", f"--targetdir={folder}", str(SOURCE / "app" / "install"))

    # The broken forms in tests/ are broken on purpose.
    xml = source_files(".xml", ".its", ".loc", ".svg", ".ui", ".xml.in", under=("schema", "app", "po", "packaging"))
    tap.check(len(xml) > 20, "there are XML files", [str(len(xml))])
    accepted(tap, "every XML file is well formed", "xmllint", "--noout", "--nonet", *map(str, xml))
    tap.done()


main()
