# SPDX-License-Identifier: GPL-3.0-or-later
"""xgettext takes from a form what a person reads, and nothing else (po/its/soban-xforms.its)."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from tap import SOURCE, Tap  # noqa: E402

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:jr="http://openrosa.org/javarosa" xmlns:sb="https://soban.vn/xforms">
  <h:head><h:title>The title</h:title><model>
    <instance><data id="x"><label>no text: an answer</label></data></instance>
    <instance id="list"><root><item><label>no text: a list</label></item></root></instance>
    <itext><translation lang="en">
      <text id="a"><value>Women (<output value="/data/f"/>) of all</value></text>
      <text id="b"><value><output value="if(. > 1, jr:itext('a'), 'no text')"/></value></text>
    </translation></itext>
    <bind nodeset="/data/a" constraint=". > 1" jr:constraintMsg="A rule" jr:requiredMsg="A demand" sb:warning="." sb:warningMsg="A doubt"/>
    <bind nodeset="/data/b" jr:constraintMsg="jr:itext('a')" sb:warningMsg="jr:itext('b')"/>
  </model></h:head>
  <h:body><group appearance="field-list"><label>A page</label>
    <select1 ref="/data/a"><label>Men: <output value="/data/m"/></label><hint>A hint</hint>
      <item><label>A choice</label><value>choice</value></item></select1>
    <input ref="/data/b"><label ref="jr:itext('a')"/></input>
  </group></h:body></h:html>
"""
TEXTS = {"The title", 'Women (<output value="/data/f"/>) of all', "A rule", "A demand", "A doubt", "A page",
         'Men: <output value="/data/m"/>', "A hint", "A choice"}


def extract(*files):
    environment = dict(os.environ, GETTEXTDATADIRS=str(SOURCE / "po"), LC_ALL="C.UTF-8")
    pot = subprocess.run(["xgettext", "--no-wrap", "--output=-", "--from-code=UTF-8", *map(str, files)],
                         capture_output=True, text=True, check=True, env=environment).stdout
    return {text.replace('\\"', '"') for text in re.findall(r'^msgid "(.+)"$', pot, re.M)}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        form = Path(folder) / "form.xml"
        form.write_text(FORM, encoding="utf-8")
        found = extract(form)
    tap.check(found == TEXTS, "titles, labels, hints, choices, messages and texts are taken",
              [f"missing: {sorted(TEXTS - found)}", f"too much: {sorted(found - TEXTS)}"])

    texts = extract(*sorted((SOURCE / "schema" / "forms").glob("*.xml")))
    tap.check(len(texts) > 500, "the built-in forms have their texts", str(len(texts)))
    odd = sorted(text for text in texts if "jr:itext" in text or text != text.strip() or "  " in text)
    tap.check(not odd, "no text is an expression or badly spaced", odd)
    tap.done()


main()
