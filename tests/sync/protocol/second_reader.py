# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of the wire, written from sync/README.md alone: turns a stream into the lines of section 9.1. If this and the program
disagree, the document or the program is wrong."""

import datetime
import hashlib
import re
import uuid
import zlib

HELLO, CHANGES, REPLY, ADJUSTMENTS, END, ERROR, CLOCK_EVIDENCE, DIGESTS, FORMS = range(1, 10)
KEYS, RANGES, WANTED, RECORDS, DENSE_CHANGES = range(10, 15)
NAMES = {HELLO: "HELLO", CHANGES: "CHANGES", REPLY: "REPLY", ADJUSTMENTS: "ADJUSTMENTS", END: "END", ERROR: "ERROR",
         CLOCK_EVIDENCE: "CLOCK_EVIDENCE", DIGESTS: "DIGESTS", FORMS: "FORMS", KEYS: "KEYS", RANGES: "RANGES", WANTED: "WANTED", RECORDS: "RECORDS",
         DENSE_CHANGES: "DENSE_CHANGES"}


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

    def left(self):
        return len(self.data) - self.at

    def u8(self):
        return self.bytes(1)[0]

    def u32(self):
        return int.from_bytes(self.bytes(4), "little")

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

    def id(self):
        return str(uuid.UUID(bytes=self.bytes(16)))


class Writer:
    """README 3.1, for what is hashed."""

    def __init__(self):
        self.data = bytearray()

    def raw(self, data):
        self.data += data

    def u64(self, value):
        self.data += value.to_bytes(8, "little")

    def varint(self, value):
        while value >= 0x80:
            self.data.append(value & 0x7F | 0x80)
            value >>= 7
        self.data.append(value)

    def zigzag(self, value):
        self.varint((value << 1) ^ (value >> 63))

    def text(self, text):
        self.varint(len(text.encode()))
        self.data += text.encode()


def read_dictionary(text):
    """README 4.13"""
    joined = "".join(line for line in text.split("\n") if not line.startswith("#")).encode()
    return re.sub(rb"\\(?:x(..)|\\)", lambda match: bytes.fromhex(match[1].decode()) if match[1] else b"\\", joined)


def escape(text):
    """README 9.1"""
    named = {"\n": "\\n", "\t": "\\t", "\\": "\\\\"}
    return "".join(named.get(c, f"\\x{ord(c):02x}" if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text)


# ---- bodies: each gives the lines of its fields ----


def hello_lines(r):
    """README 4.1"""
    yield f"device {r.varint()}"
    yield f"incarnation {r.u64():016x}"
    yield f"last_number {r.varint()}"
    yield f"wall_ms {r.zigzag()}"
    yield f"program {escape(r.text())}"
    yield f"boot_id {escape(r.text())}"
    yield f"boottime_ms {r.zigzag()}"
    scopes = []
    for _ in range(r.varint()):
        scopes.append(r.text())
        yield f"scope {escape(scopes[-1])}"
        yield f"cursor {r.varint()}"
    if not r.left():
        return
    yield f"acked_number {r.varint()}"
    yield f"chain {r.u64():016x}"
    yield f"reply_bytes_max {r.varint()}"
    flags = r.varint()
    yield f"flags {flags}"
    yield f"window_ms {r.zigzag()}"
    yield f"registries {r.u32():08x}"
    for _ in range(r.varint()):
        yield f"page {scopes[r.varint()]} {r.id()} {r.varint()}"
    if flags & 4:
        yield f"forms {r.u64():016x}"
    if flags & 8:
        yield f"keys {r.varint()}"


def reply_lines(r):
    """README 4.3"""
    yield f"collector_ms {r.zigzag()}"
    yield f"acked_number {r.varint()}"
    yield f"ack_state {r.u8()}"
    floor = r.u64()
    yield f"floor_ms {floor >> 16}"
    yield f"floor_counter {floor & 0xFFFF}"
    cursors = [[f"scope {escape(r.text())}", f"cursor {r.varint()}", f"own {r.varint()}", f"more {r.u8() & 1}"] for _ in range(r.varint())]
    if r.left():
        yield f"chain {r.u64():016x}"
        yield f"told_number {r.varint()}"
        for lines in cursors:
            bits = r.u8()
            if bits & 1:
                lines.append(f"digest {r.bytes(16).hex()}")
            if bits & 2:
                lines.append(f"skipped {r.varint()}")
            if bits & 12:
                lines.append("is_page 1")
            if bits & 4:
                lines.append(f"page {r.id()} {r.varint()}")
    for lines in cursors:
        yield from lines


def adjustments_lines(r):
    """README 4.4"""
    number = ms = 0
    for _ in range(r.varint()):
        number += r.varint()
        ms += r.zigzag()
        yield f"stamp {number} {ms} {r.varint()}"
    if not r.left():
        return
    number = ms = 0
    for _ in range(r.varint()):
        number += r.varint()
        ms += r.zigzag()
        yield f"recorded {number} {ms} {r.varint()}"


def evidence_lines(r):
    """README 4.6"""
    yield f"device {r.varint()}"
    yield f"incarnation {r.u64():016x}"
    number = 0
    for _ in range(r.varint()):
        number += r.varint()
        boottime, ran = r.zigzag(), r.varint()
        yield f"boot {number} {boottime} {ran} {boottime + r.zigzag()}"
    for _ in range(r.varint()):
        boot, boottime = r.varint(), r.zigzag()
        yield f"anchor {boot} {boottime} {boottime + r.zigzag()} {boottime + r.zigzag()}"


def error_lines(r):
    """README 4.7"""
    yield f"code {r.varint()}"
    yield f"sentence {escape(r.text())}"


def forms_lines(r):
    """README 4.6a"""
    for _ in range(r.varint()):
        yield f"form {escape(r.text())}"
        version, sha256, size = r.text(), r.bytes(32), r.varint()
        yield f"sha256 {sha256.hex()}"
        yield f"bytes {size}"
        yield f"form_version {escape(version)}"
        yield f"withdrawn {r.varint() & 1}"
        for _ in range(r.varint()):
            yield f"file {escape(r.text())}"
            yield f"sha256 {r.bytes(32).hex()}"
            yield f"bytes {r.varint()}"


def keys_lines(r):
    """README 4.11"""
    yield f"public_key {r.bytes(32).hex()}"
    for _ in range(r.varint()):
        yield f"exchange_key {escape(r.text())}"
        r.bytes(32)
    if r.left():
        yield f"generation {r.varint()}"


def digests_lines(r):
    """README 4.12"""
    for _ in range(r.varint()):
        yield f"scope {escape(r.text())}"
        yield f"own {r.bytes(16).hex()}"
        yield f"told {r.bytes(16).hex()}"


def query_lines(r):
    yield f"scope {escape(r.text())}"
    for _ in range(r.varint()):
        yield f"range {r.id()} {r.id()}"


def answer_lines(r):
    yield f"scope {escape(r.text())}"
    for _ in range(r.varint()):
        kind, count = r.u8(), r.varint()
        yield "records" if kind else "parts"
        for _ in range(count):
            yield f"record {r.id()} {r.u64():016x}" if kind else f"to {r.id()} {r.varint()} {r.u64():016x}"


def ids_lines(r):
    yield f"scope {escape(r.text())}"
    for _ in range(r.varint()):
        yield f"wanted {r.id()}"


def records_lines(r):
    yield from ids_lines(r)
    if r.left():
        yield from changes_lines(r)


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


def read_dictionaries(r):
    """README 4.2.2: senders, forms, scopes, paths, shapes"""
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
    return senders, forms, scopes, paths, shapes


def read_columns(r, changes, flags, senders, scopes):
    """README 4.2.3; returns each change's shape"""
    n = len(changes)
    who = [r.varint() for _ in range(n)]
    last = {}
    for change, sender in zip(changes, who):
        change["device"], change["incarnation"] = senders[sender]
        last[sender] = change["number"] = last.get(sender, 0) + 1 + r.zigzag()
    for change in changes:
        change["scope"] = scopes[r.varint()]
    shapes = [r.varint() for _ in range(n)]
    ms = seen = offset = 0
    for change in changes:
        change["ms"] = ms = ms + r.zigzag()
    for change in changes:
        change["counter"] = r.varint()
    for change in changes:
        change["record"] = (r.zigzag() + change["ms"]).to_bytes(6, "big")
    for change in changes:
        change["record"] += r.bytes(10)
    for change in changes:
        change["seen"] = seen = seen + r.zigzag()
    for change in changes:
        change["wall_ms"] = r.zigzag() + change["ms"]
    for change in changes:
        offset += r.zigzag()
        change["boottime_ms"] = change["wall_ms"] - offset
    last = {}
    for change in changes if flags & 1 else ():
        last[change["scope"]] = change["scope_number"] = last.get(change["scope"], 0) + 1 + r.zigzag()
    for change in changes if flags & 2 else ():
        change["recorded_ms"] = r.zigzag() + change["ms"]
    for change in changes if flags & 2 else ():
        change["time_quality"] = r.varint()
    for change in changes if flags & 4 else ():
        change["bases"] = [(*senders[r.varint()], r.varint()) for _ in range(r.varint())]
    return shapes


def read_changes(r):
    """README 4.2"""
    n, flags = r.varint(), r.varint()
    senders, forms, scopes, paths, shapes = read_dictionaries(r)
    changes = [{"scope_number": 0, "recorded_ms": 0, "time_quality": 0, "bases": [], "fields": {}} for _ in range(n)]
    shape_of = read_columns(r, changes, flags, senders, scopes)
    for change, shape in zip(changes, shape_of):
        change["form"], change["form_version"] = forms[shapes[shape][0]]
        change["fields"] = {paths[path]: None for path, _ in shapes[shape][1]}
    for index, path in enumerate(paths):
        takers = [change for change, shape in zip(changes, shape_of) if (index, 0) in shapes[shape][1]]
        for change, value in zip(takers, read_column(r, len(takers)) if takers else []):
            change["fields"][path] = value
    return changes


def hash_change(change):
    """README 4.8"""
    w = Writer()
    w.raw(b"\x02" if change["bases"] else b"\x01")
    w.varint(change["device"])
    w.u64(change["incarnation"])
    w.varint(change["number"])
    w.raw(change["record"])
    for name in ("form", "form_version", "scope"):
        w.text(change[name])
    w.varint(change["seen"])
    w.u64(0)
    w.zigzag(change["wall_ms"])
    w.zigzag(change["boottime_ms"])
    if change["bases"]:
        w.zigzag(0)
        w.varint(0)
        w.varint(len(change["bases"]))
        for device, incarnation, number in change["bases"]:
            w.varint(device)
            w.u64(incarnation)
            w.varint(number)
    w.varint(len(change["fields"]))
    for path, value in change["fields"].items():
        w.text(path)
        w.varint(0 if value is None else len(value.encode()) + 1)
        w.raw((value or "").encode())
    return hashlib.sha256(w.data)


def changes_lines(r):
    for change in read_changes(r):
        yield f"change {change['device']} {change['incarnation']:016x} {change['number']}"
        yield f"record {uuid.UUID(bytes=change['record'])}"
        for name in ("form", "form_version", "scope"):
            yield f"{name} {escape(change[name])}"
        for name, key in (("scope_number",) * 2, ("seen",) * 2, ("stamp_ms", "ms"), ("stamp_counter", "counter"), ("wall_ms",) * 2,
                          ("boottime_ms",) * 2, ("recorded_ms",) * 2, ("time_quality",) * 2):
            yield f"{name} {change[key]}"
        yield f"hash {hash_change(change).hexdigest()}"
        for device, incarnation, number in change["bases"]:
            yield f"base {device} {incarnation:016x} {number}"
        for path, value in change["fields"].items():
            yield f"remove {escape(path)}" if value is None else f"set {escape(path)} = {escape(value)}"


def unknown_lines(r):
    data = r.bytes(r.left())
    if data:
        yield f"bytes {data[:64].hex()}{'…' if len(data) > 64 else ''}"


LINES = {HELLO: hello_lines, CHANGES: changes_lines, DENSE_CHANGES: changes_lines, REPLY: reply_lines, ADJUSTMENTS: adjustments_lines,
         ERROR: error_lines, CLOCK_EVIDENCE: evidence_lines, DIGESTS: digests_lines, FORMS: forms_lines, KEYS: keys_lines, WANTED: ids_lines,
         RECORDS: records_lines}


def inflate(body, dictionary):
    """README 3.4, 4.13"""
    inner = Reader(body)
    length = inner.varint()
    data = zlib.decompressobj(-15, zdict=dictionary).decompress(body[inner.at:])
    if len(data) != length:
        raise ValueError("length")
    return data


def read_stream(data, dictionary):
    """README 3.2, 3.3: the lines of 9.1"""
    r = Reader(data)
    if r.bytes(4) != b"SBAN" or r.u8() != 1:
        raise ValueError("not a stream of major version 1")
    yield f"stream 1.{r.u8()}"
    replied = False
    while r.left():
        place = r.at
        coded = r.u8()
        kind, body = coded & 0x7F, r.bytes(r.varint())
        check = crc32c(data[place:r.at])
        if r.u32() != check:
            raise ValueError("checksum")
        yield f"frame {NAMES.get(kind, kind)} at {place} bytes {r.at - place}{' deflated' if coded & 0x80 else ''}"
        if kind == DENSE_CHANGES:
            body = inflate(body, dictionary)
        elif coded & 0x80:
            body = inflate(body, b"")
        replied |= kind == REPLY
        reader = (answer_lines if replied else query_lines) if kind == RANGES else LINES.get(kind, unknown_lines)
        yield from ("  " + line for line in reader(Reader(body)))


def make_frame(kind, body):
    """README 3.3"""
    w = Writer()
    w.raw(bytes([kind]))
    w.varint(len(body))
    w.raw(body)
    w.raw(crc32c(w.data).to_bytes(4, "little"))
    return bytes(w.data)
