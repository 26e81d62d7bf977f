#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of the wire, written from sync/README.md alone: reads tests/fixtures/wire/stream.hex and says what the first wrote.
If this and the program disagree, the document or the program is wrong."""

import datetime
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from tap import SOURCE, Tap  # noqa: E402

HELLO, CHANGES, END = 1, 2, 5


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Reader:
    """README 3.1"""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, length):
        piece = self.data[self.at:self.at + length]
        if len(piece) != length:
            raise ValueError("cut")
        self.at += length
        return piece

    def u8(self):
        return self.bytes(1)[0]

    def u64(self):
        return int.from_bytes(self.bytes(8), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def text(self):
        return self.bytes(self.varint()).decode()

    def terminated(self):
        end = self.data.index(0, self.at)
        return self.bytes(end + 1 - self.at)[:-1].decode()


def read_frames(data):
    """README 3.2 to 3.4: (type, body)"""
    reader = Reader(data)
    if reader.bytes(4) != b"SBAN" or reader.u8() != 1:
        raise ValueError("not a stream of major version 1")
    reader.u8()
    while reader.at < len(data):
        start = reader.at
        kind = reader.u8()
        body = reader.bytes(reader.varint())
        check = crc32c(data[start:reader.at])
        if int.from_bytes(reader.bytes(4), "little") != check:
            raise ValueError("checksum")
        if kind & 0x80:
            inner = Reader(body)
            length = inner.varint()
            body = zlib.decompress(body[inner.at:], -15)
            if len(body) != length:
                raise ValueError("length")
        yield kind & 0x7F, body


def read_hello(body):
    """README 4.1"""
    r = Reader(body)
    hello = {"device": r.varint(), "incarnation": r.u64(), "last_number": r.varint(), "wall_ms": r.zigzag(), "program": r.text(),
             "boot_id": r.text(), "boottime_ms": r.zigzag()}
    hello["cursors"] = {r.text(): r.varint() for _ in range(r.varint())}
    return hello


def read_column(r, count):
    """README 4.2.4"""
    kind = r.u8()
    if kind == 0:
        return [r.terminated() for _ in range(count)]
    if kind == 1:
        choices = [r.terminated() for _ in range(r.varint())]
        return [choices[r.varint()] for _ in range(count)]
    digits = r.varint() if kind in (2, 3) else 0
    base = r.zigzag()
    numbers = [base + r.varint() for _ in range(count)]
    if kind == 2:
        return [str(number).zfill(digits) if digits else str(number) for number in numbers]
    if kind == 3:
        return [f"{'-' if number < 0 else ''}{abs(number) // 10**digits}.{abs(number) % 10**digits:0{digits}d}".rstrip("0") for number in numbers]
    if kind == 4:
        return [(datetime.date(1970, 1, 1) + datetime.timedelta(days=number)).isoformat() for number in numbers]
    raise ValueError("kind")


def read_changes(body):
    """README 4.2"""
    r = Reader(body)
    n, flags = r.varint(), r.varint()
    senders = [(r.varint(), r.u64()) for _ in range(r.varint())]
    forms = [(r.text(), r.text()) for _ in range(r.varint())]
    scopes = [r.text() for _ in range(r.varint())]
    paths = [r.text() for _ in range(r.varint())]
    shapes = []
    for _ in range(r.varint()):
        form, path, steps = r.varint(), 0, []
        for _ in range(r.varint()):
            step = r.varint()
            path += step >> 1
            steps.append((path, step & 1))
        shapes.append((form, steps))
    changes = [{"fields": {}} for _ in range(n)]
    sender = [r.varint() for _ in range(n)]
    last = {}
    for change, who in zip(changes, sender):
        change["device"], change["incarnation"] = senders[who]
        last[who] = change["number"] = last.get(who, 0) + 1 + r.zigzag()
    for change in changes:
        change["scope"] = scopes[r.varint()]
    shape = [shapes[r.varint()] for _ in range(n)]
    ms = 0
    for change in changes:
        change["ms"] = ms = ms + r.zigzag()
    for change in changes:
        change["counter"] = r.varint()
    for change in changes:
        change["record"] = (r.zigzag() + change["ms"]).to_bytes(6, "big")
    for change in changes:
        change["record"] += r.bytes(10)
    seen = 0
    for change in changes:
        change["seen"] = seen = seen + r.zigzag()
    for change in changes:
        change["wall_ms"] = r.zigzag() + change["ms"]
    offset = 0
    for change in changes:
        offset += r.zigzag()
        change["boottime_ms"] = change["wall_ms"] - offset
    if flags & 1:
        last = {}
        for change in changes:
            last[change["scope"]] = change["scope_number"] = last.get(change["scope"], 0) + 1 + r.zigzag()
    for index, path in enumerate(paths):
        takers = [change for change, (_, steps) in zip(changes, shape) if (index, 0) in steps]
        for change, value in zip(takers, read_column(r, len(takers)) if takers else []):
            change["fields"][path] = value
    for change, (form, _) in zip(changes, shape):
        change["form"], change["form_version"] = forms[form]
    return changes


def main():
    tap = Tap()
    data = bytes.fromhex((SOURCE / "tests" / "fixtures" / "wire" / "stream.hex").read_text())
    frames = list(read_frames(data))
    tap.check([kind for kind, _ in frames] == [HELLO, CHANGES, 99, END], "the frames, one of an unknown type among them", str([kind for kind, _ in frames]))
    hello = read_hello(dict(frames)[HELLO])
    tap.check(hello == {"device": 17, "incarnation": 0x1D2C3B4A59687706, "last_number": 300, "wall_ms": 1763774000123, "program": "soban 0.1.0",
                        "boot_id": "2f6a1c0e-7f5b-4c7e-9d1e-0a1b2c3d4e5f", "boottime_ms": 86400000,
                        "cursors": {"02947@2025-07-01": 4711, "02950@2025-07-01": 0}}, "HELLO", str(hello))
    changes = read_changes(dict(frames)[CHANGES])
    tap.check([change["number"] for change in changes] == [1, 2, 3], "three changes, numbered without a gap")
    for change in changes:
        fields = change["fields"]
        tap.check((change["device"], change["form"], change["scope"], change["seen"], change["counter"])
                  == (17, "household", "02947@2025-07-01", 4711, 0), "who, what, where", str(change))
        tap.check(change["wall_ms"] == change["ms"] and change["record"][6] >> 4 == 7
                  and int.from_bytes(change["record"][:6], "big") == change["ms"], "a UUIDv7 of its own time", str(change))
        tap.check(len(fields["number"]) == 12 and fields["number"].isdigit() and 1930 <= int(fields["birth_year"]) <= 2006
                  and fields["sex"] in ("male", "female") and 8.5 <= float(fields["lat"]) <= 23.3 and fields["date"].startswith("2025-")
                  and fields["clean_water"] in ("yes", "no") and " " in fields["head"], "the answers make sense", str(fields))
    tap.done()


if __name__ == "__main__":
    main()
