#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second reader (second_reader.py, from sync/README.md alone) and soban-sync dump agree on every vector of tests/fixtures/wire, and both
say of bad bytes where they stand."""

import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "support"), str(Path(__file__).resolve().parent)]

import second_reader  # noqa: E402
from second_reader import Reader, Writer, make_frame  # noqa: E402
from tap import BUILD, SOURCE, Tap  # noqa: E402

WIRE = SOURCE / "tests" / "fixtures" / "wire"
HEADER = b"SBAN\x01\x01"
STREAMS = ("stream", "1.1/request", "1.1/answer")
BODIES = {"hello": 1, "changes": 2, "reply": 3, "adjustments": 4, "error": 6, "1.1/hello": 1, "1.1/changes": 2, "1.1/reply": 3, "1.1/adjustments": 4,
          "1.1/error": 6, "1.1/evidence": 7, "1.1/digests": 8, "1.1/forms": 9, "1.1/keys": 10, "1.1/ranges-up": 11, "1.1/ranges-down": 11, "1.1/wanted": 12,
          "1.1/records": 13}

tap = Tap()
dictionary = second_reader.read_dictionary((SOURCE / "sync" / "protocol" / "dictionary-1.txt").read_text(encoding="utf-8"))


def load(name):
    return bytes.fromhex((WIRE / f"{name}.hex").read_text())


def dump(folder, data):
    """(exit code, lines, what was said)"""
    path = folder / "stream"
    path.write_bytes(data)
    done = subprocess.run([str(BUILD / "sync" / "tools" / "soban-sync"), "dump", str(path)], capture_output=True, check=False, timeout=60,
                          env=dict(os.environ, SOBAN_LANGUAGE="en", LC_ALL="C.UTF-8"))
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()


def check_agreement(folder, name, data):
    code, printed, said = dump(folder, data)
    read = list(second_reader.read_stream(data, dictionary))
    tap.check(code == 0 and printed == read, f"{name}: the program and the second reader agree, {len(read)} lines",
              said + "\n".join(difflib.unified_diff(read, printed, "second reader", "program", lineterm="", n=1)))


def check_vectors(folder):
    for name in STREAMS:
        check_agreement(folder, name, load(name))
    reply = make_frame(second_reader.REPLY, load("1.1/reply"))
    for name, kind in BODIES.items():
        check_agreement(folder, name, HEADER + (reply if name.endswith("-down") else b"") + make_frame(kind, load(name)))
    names = {path.relative_to(WIRE).with_suffix("").as_posix() for path in WIRE.rglob("*.hex")}
    unread = sorted(name for name in names - {*STREAMS, *BODIES} if not name.startswith(("bundle-", "device-key")))
    tap.check(not unread, "every vector is read", str(unread))


def check_known(folder):
    """Not only alike, but right."""
    tap.check((len(dictionary), second_reader.crc32c(dictionary)) == (9809, 0xF6A90B38), "the dictionary is the one that the README names")
    _, lines, _ = dump(folder, load("1.1/request"))
    for line in ("stream 1.1", "  incarnation 1d2c3b4a59687706", "  program soban 0.1.0", "  page 02950@2025-07-01 01000000-0000-7000-8000-000000000002 9000",
                 "  boot 41 12000 864000000 -5", "  anchor 2 900000 888000 1763774000000", "  set village = Bản Mường", "frame 99 at 2409 bytes 11", "  bytes 6c61746572"):
        tap.check(line in lines, f"dump prints “{line}”", "\n".join(lines[:30]))
    odd = Reader(load("changes"))
    change = second_reader.read_changes(odd)[0]
    tap.check(change["form"] == "household" and change["fields"]["head"].count(" ") == 2 and odd.left() == 0, "a change is read to its end")


def check_chain():
    """README 4.8, beside what tests/schema/log knows by heart."""
    chain = 0
    for change in second_reader.read_changes(Reader(load("changes"))):
        w = Writer()
        w.u64(chain)
        w.raw(second_reader.hash_change(change).digest())
        chain = int.from_bytes(second_reader.hashlib.sha256(w.data).digest()[:8], "little")
    tap.check(chain == 0xF86A6488F817EBDA, "the chain after the three changes of changes.hex", f"{chain:016x}")


def check_bad_bytes(folder):
    stream = load("1.1/request")
    places = [int(line.split(" at ")[1].split()[0]) for line in second_reader.read_stream(stream, dictionary) if line.startswith("frame ")]
    for length in sorted({0, 3, 5, *places, *(place + 1 for place in places), len(stream) - 1}):
        code, lines, said = dump(folder, stream[:length])
        whole = length in places
        begun = max((place for place in [0, *places] if place <= length), default=0)
        tap.check(code == (0 if whole else 1) and (whole or f"byte {length}: cut here, in what begins at byte {begun if length > 5 else 0}" in said),
                  f"a stream of {length} bytes: {'whole frames' if whole else 'cut, and said where'}", f"{code} {said}")
    for at, place in ((0, 0), (4, 0), (6 + 5, 6), (places[4] + 9, places[4])):
        code, lines, said = dump(folder, stream[:at] + bytes([stream[at] ^ 0x10]) + stream[at + 1:])
        tap.check(code == 1 and f"byte {place}:" in said and len([line for line in lines if line.startswith("frame ")]) == places.index(place) if place else code == 1,
                  f"byte {at} damaged: the frame at {place} is named, those before it are printed", said)
    code, _, said = dump(folder, HEADER + make_frame(second_reader.HELLO, load("hello")[:50]))
    tap.check(code == 1 and "byte 6: " in said and "HELLO" in said, "a body that does not read is named with its place", said)
    code, _, said = dump(folder, b"SBAN\x09\x00")
    tap.check(code == 1 and "9.0" in said, "another major version is named", said)
    done = subprocess.run([str(BUILD / "sync" / "tools" / "soban-sync"), "dump", str(folder / "absent")], capture_output=True, check=False, timeout=60)
    tap.check(done.returncode == 1, "a file that is not there")


def check_one_line_a_field(folder):
    """Whatever a value holds, it stays on its line."""
    refusal = Writer()
    refusal.varint(2)
    refusal.text("a\nb\tc\\d\x01ế")
    code, lines, _ = dump(folder, HEADER + make_frame(second_reader.ERROR, bytes(refusal.data)))
    tap.check(code == 0 and lines[-1] == r"  sentence a\nb\tc\\d\x01ế", "a value of several lines is one", str(lines))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_vectors(folder)
        check_known(folder)
        check_bad_bytes(folder)
        check_one_line_a_field(folder)
    check_chain()
    tap.done()


main()
