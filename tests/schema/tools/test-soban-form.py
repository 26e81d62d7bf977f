#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""soban-form: what it says about forms, what it fills in and what it computes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from tap import BUILD, SOURCE, Tap  # noqa: E402

PROGRAM = BUILD / "schema" / "tools" / "soban-form"
FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Test</h:title><model>
<instance><data id="test" version="1">{instance}<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
{model}
</model></h:head><h:body>
{body}
</h:body></h:html>
"""
MODEL_LINE = 6
BODY_LINE = 8

tap = Tap()
folder = Path(tempfile.mkdtemp(prefix="soban-form-"))


def run(*arguments, language="en"):
    environment = dict(os.environ, SOBAN_DATA_DIR=str(SOURCE / "schema"), SOBAN_LOCALE_DIR=str(BUILD / "po"), SOBAN_LANGUAGE=language)
    done = subprocess.run([str(PROGRAM), *map(str, arguments)], env=environment, capture_output=True, check=False, timeout=30)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(instance="<a/>", model="", body='<input ref="/data/a"><label>A</label></input>', name="form.xml"):
    path = folder / name
    path.write_text(FORM.format(instance=instance, model=model, body=body), encoding="utf-8")
    return path


def check_says(name, expected_code, expected, **form):
    code, out, err = run("check", write(**form))
    tap.check(code == expected_code and expected in out, f"check: {name}", f"{code}\n{out}{err}")


def select(*choices):
    items = "".join(f"<item><label>{c}</label><value>{c}</value></item>" for c in choices)
    return f'<select ref="/data/a"><label>A</label>{items}</select>'


def test_check():
    code, out, err = run("check", write())
    tap.check(code == 0 and out == "" and err == "", "check: nothing to say about a form that is right", out + err)
    check_says("unknown function", 3, f":{MODEL_LINE}: error: question “a”: calculate: ", model='<bind nodeset="/data/a" calculate="explode(1)"/>')
    check_says("wrong number of arguments", 3, "does not take this number of arguments",
               model='<bind nodeset="/data/a" relevant="substring(.)"/>')
    check_says("a type that does not exist", 3, f":{MODEL_LINE}: error: question “a”: there is no type “number”",
               model='<bind nodeset="/data/a" type="number"/>')
    check_says("a circle", 3, "a → b → a", instance="<a/><b/>",
               model='<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" calculate="/data/a"/>')
    check_says("a missing list", 3, f":{BODY_LINE}: error: question “a”: the choice list “gone” is missing",
               body='<select1 ref="/data/a"><label>A</label><itemset nodeset="instance(\'gone\')/root/item"><value ref="name"/>'
                    '<label ref="label"/></itemset></select1>')
    check_says("a choice value with a space", 3, "“two words” has a space", body=select("one", "two words"))
    check_says("a choice value twice", 3, "“one” is there more than once", body=select("one", "two", "one"))
    check_says("an unreachable question", 0, f":{MODEL_LINE}: warning: question “a”: nobody can reach this",
               model='<bind nodeset="/data/a" relevant="1 = 2"/>')
    check_says("a question outside of its repeat", 3, "stands outside of it", instance='<r jr:template=""><x/></r>',
               body='<repeat nodeset="/data/r"/><input ref="/data/r/x"><label>X</label></input>')
    check_says("a translation gap", 0, "the text “b” has no translation for “vi”",
               model='<itext><translation lang="en"><text id="a"><value>A</value></text><text id="b"><value>B</value></text></translation>'
                     '<translation lang="vi"><text id="a"><value>A</value></text></translation></itext>')
    check_says("a path that leads nowhere", 3, "“/data/tpyo”, which is not in the form",
               model='<bind nodeset="/data/a" relevant="/data/tpyo = 1"/>')
    check_says("a bind without node", 3, "“/data/zz”: this bind has no node", model='<bind nodeset="/data/zz"/>')
    check_says("a default that does not fit", 3, "“many”, does not fit its type", instance="<a>many</a>",
               model='<bind nodeset="/data/a" type="int"/>')
    check_says("setvalue into every entry", 3, "into every entry of the repeat at once", instance='<a/><r jr:template=""><x/></r>',
               body='<input ref="/data/a"><label>A</label><setvalue event="xforms-value-changed" ref="/data/r/x" value="1"/></input>'
                    '<repeat nodeset="/data/r"><input ref="/data/r/x"><label>X</label></input></repeat>')
    _, out, _ = run("check", write(instance="<a/><b/><c/>",
                                   model='<bind nodeset="/data/a" calculate="explode(1)" constraint="1 +"/><bind/>'
                                         '<bind nodeset="/data/b" calculate="/data/c"/><bind nodeset="/data/c" calculate="/data/b"/>',
                                   body='<input ref="/data/a"><label ref="jr:itext(\'no\')"/></input>'
                                        '<select1 ref="/data/b"><label>B</label><itemset nodeset="instance(1)/["/></select1>'))
    wanted = ("calculate: Expression", "constraint: Expression", "a bind without nodeset", "b → c → b", "“no” is not in the itext", "an itemset needs a nodeset and a value")
    tap.check(all(each in out for each in wanted) and out.count(": error: ") == len(wanted), "check: all that is wrong is said at once", out)
    (folder / "bomb.xml").write_text('<!DOCTYPE h [<!ENTITY a "aaaaaaaaaa">]><h>&a;</h>', encoding="utf-8")
    code, out, _ = run("check", folder / "bomb.xml")
    tap.check(code == 3 and "entities" in out and "line 1" in out, "check: entities are refused with their line", out)
    for path in sorted((SOURCE / "schema" / "forms").glob("*.xml")):
        code, out, err = run("check", path)
        tap.check(code == 0 and "error" not in out, f"check: {path.name} has no errors", out + err)


def test_show():
    code, out, _ = run("show", write(model='<bind nodeset="/data/a" type="int" required="true()"/>'))
    tap.check(code == 0 and "input a (int) “A”  [required: true()]" in out and out.startswith("test 1 “Test”"), "show: the outline", out)


def test_fill():
    form = write(instance='<a/><n/><many/><g><b/></g><r jr:template=""><x/></r><sum/>',
                 model='<bind nodeset="/data/n" type="int" constraint=". &lt; 10"/>'
                       '<bind nodeset="/data/sum" calculate="sum(/data/r/x)"/>',
                 body='<input ref="/data/a"/><input ref="/data/n"/><input ref="/data/g/b"/><select ref="/data/many"><item><label>1</label>'
                      '<value>one</value></item><item><label>2</label><value>two</value></item></select>'
                      '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>')
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"a": "tiếng Việt", "n": 3, "many": ["two", "one"], "g": {"b": True}, "r": [{"x": 1}, {"x": 2.5}]}),
                       encoding="utf-8")
    code, out, err = run("fill", form, answers)
    expected = ("<a>tiếng Việt</a><n>3</n><many>one two</many><g><b>true</b></g><r><x>1</x></r><r><x>2.5</x></r><sum>3.5</sum>"
                "<meta><instanceID>uuid:")
    tap.check(code == 0 and expected in out and err == "", "fill: every kind of answer", out + err)
    instance = folder / "instance.xml"
    instance.write_text(out, encoding="utf-8")
    empty = folder / "empty.json"
    empty.write_text("{}", encoding="utf-8")
    code, again, _ = run("fill", "--from", instance, form, empty)
    tap.check(code == 0 and again == out, "fill: an instance read and written is the same, byte for byte", again)
    code, edit, _ = run("fill", "--from", instance, "--edit", form, empty)
    tap.check("<deprecatedID>uuid:" in edit and edit != out, "fill: --edit makes a correction of it", edit)
    answers.write_text('{"n": 12}', encoding="utf-8")
    code, out, err = run("fill", form, answers)
    tap.check(code == 3 and "<n>12</n>" in out and err.startswith("n: "), "fill: a broken rule is said and gives 3", f"{code} {out}{err}")
    answers.write_text('{"gone": 1}', encoding="utf-8")
    code, out, err = run("fill", form, answers)
    tap.check(code == 1 and out == "" and "gone" in err, "fill: an unknown question is refused", err)
    answers.write_text('{"a": ', encoding="utf-8")
    code, _, err = run("fill", form, answers)
    tap.check(code == 1 and err, "fill: broken JSON is refused", err)


def test_lists():
    form = write(model='<instance id="l" src="jr://file-csv/list.csv"/>', name="listed.xml",
                 body='<select1 ref="/data/a"><itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
                      '</select1>')
    (folder / "list.csv").write_text('name,label\n1,"Bản ""Một"", cũ"\n2,Hai\n', encoding="utf-8")
    _, out, err = run("eval", form, "instance('l')/root/item[name = 1]/label")
    tap.check('Bản "Một", cũ' in out, "lists: a CSV file beside the form", out + err)
    (folder / "list.csv").write_text('name,label\n1,"open\n2,Hai\n', encoding="utf-8")
    code, _, err = run("eval", form, "count(instance('l')/root/item)")
    tap.check(code == 0 and "list.csv: line 2: the quotation marks do not close" in err, "lists: a broken one is said with its line", err)


def test_eval():
    for expression, expected in (("1 + 1", "number 2\n"), ("'a'", "string a\n"), ("1 = 1", "boolean true\n"),
                                 ("/data/a", "nodes 1\n/data[1]/a[1] \n"), ("string-length('tiếng')", "number 5\n")):
        _, out, err = run("eval", write(), expression)
        tap.check(out == expected, f"eval: {expression} over a form", out + err)
    document = folder / "document.xml"
    document.write_text("<d><i n='1'>x</i><i n='2'>y</i></d>", encoding="utf-8")
    _, out, _ = run("eval", document, "//i/@n")
    tap.check(out == "nodes 2\n/d[1]/i[1]/@n 1\n/d[1]/i[2]/@n 2\n", "eval: nodes of any document", out)
    page = folder / "page.xml"
    page.write_text('<html xmlns="http://www.w3.org/1999/xhtml"><head/><body><p>a</p></body></html>', encoding="utf-8")
    _, out, err = run("eval", page, "string(//h:p)")
    tap.check(out == "string a\n", "eval: a page that is no form", out + err)
    _, out, _ = run("eval", document, "concat(., @n)", "--context", "/d/i[2]")
    tap.check(out == "string y2\n", "eval: --context", out)
    code, _, err = run("eval", document, "explode()")
    tap.check(code == 1 and "explode" in err, "eval: an unknown function is refused", err)
    code, _, err = run("eval", document, "1 +")
    tap.check(code == 1 and err, "eval: what does not parse is refused", err)
    code, _, err = run("eval", document, "1", "--context", "/gone")
    tap.check(code == 1 and "/gone" in err, "eval: a place that is not there", err)


def test_command_line():
    code, out, _ = run("--help")
    tap.check(code == 0 and "check" in out and "fill" in out, "help", out)
    for arguments in ((), ("dance",), ("check",), ("fill", "one")):
        code, _, _ = run(*arguments)
        tap.check(code == 2, f"a wrong command line gives 2: {arguments}")
    code, _, err = run("check", folder / "gone.xml")
    tap.check(code == 1 and "gone.xml" in err, "a file that is not there gives 1", err)


test_check()
test_show()
test_fill()
test_lists()
test_eval()
test_command_line()
for file in folder.iterdir():
    file.unlink()
folder.rmdir()
tap.done()
