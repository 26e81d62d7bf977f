#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real collector over HTTPS: who is let in, what is refused, what is on the pages, and that kill -9 loses nothing."""

import configparser
import http.client
import json
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgresql import ADDRESS, WHY_NOT, Schema  # noqa: E402
from served import COLLECTOR, ENV, SYNC, TRUST_NOBODY, Served  # noqa: E402
from tap import SOURCE, Tap  # noqa: E402

REQUEST_BYTES_MAX = 16 * 1024 * 1024
SCOPES = ["02947", "03085"]
TABLE = [0] * 256
for index in range(256):
    value = index
    for _ in range(8):
        value = (value >> 1) ^ 0x82F63B78 if value & 1 else value >> 1
    TABLE[index] = value


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def frame(kind, body=b""):
    head = bytes([kind]) + varint(len(body)) + body
    return head + struct.pack("<I", crc32c(head))


def hello(device, scope):
    text = scope.encode()
    return frame(1, varint(device) + struct.pack("<Q", 7) + varint(0) + varint(0) + varint(4) + b"test" + varint(0) + varint(0) + varint(1)
                 + varint(len(text)) + text + varint(0))


def stream(*frames, major=1):
    return b"SBAN" + bytes([major, 0]) + b"".join(frames)


def enrol(served, folder, name, scopes):
    file = Path(folder) / (name + ".enrolment")
    options = [option for scope in scopes for option in ("--scope", scope)]
    done = served.run("enrol", "--name", name, *options, "--output", file)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    parser = configparser.RawConfigParser()
    parser.read(file, encoding="utf-8")
    return file, parser["soban-enrolment"]


def check_refusals(tap, served, folder):
    """What would leave nobody in charge, or run over what is somebody's."""
    full = Path(folder) / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine", encoding="ascii")
    done = subprocess.run([str(COLLECTOR), "init", "--dir", str(full), "--url", served.url], env=ENV, capture_output=True, text=True, check=False)
    tap.check(done.returncode == 1 and "letter.txt" in done.stderr and [path.name for path in full.iterdir()] == ["letter.txt"],
              "init makes no collector in a folder with other things", done.stdout + done.stderr)
    password = Path(folder) / "password"
    for arguments in (("user", "remove", "admin"), ("user", "add", "admin", "--role", "officer", "--password-file", password)):
        done = served.run(*arguments)
        tap.check(done.returncode == 1 and "the last admin" in done.stderr, f"the last admin stays one: {' '.join(arguments[:3])}", done.stderr)
    served.run("user", "add", "second", "--role", "admin", "--password-file", password)
    done = served.run("user", "remove", "second")
    tap.check(done.returncode == 0, "an admin who is not the last one can go", done.stderr)
    done = subprocess.run([str(COLLECTOR), "--help"], env=ENV, capture_output=True, text=True, check=False)
    tap.check("SOBAN_LANGUAGE=en" in done.stdout, "the help says how to change the language", done.stdout)


def check_commands(tap, served, folder, store):
    tap.check(served.init.returncode == 0 and "ready" in served.init.stdout, "init makes a collector", served.init.stderr)
    again = served.run("init")
    tap.check((again.returncode == 0 and "as this program needs" in again.stdout) if store else (again.returncode == 1 and "already" in again.stderr),
              "init does not run over an existing one", again.stdout + again.stderr)
    tap.check(f"--port {served.port}\n" in served.init.stdout and "firewall" in served.init.stdout, "and says what is to be done next",
              served.init.stdout)
    check_refusals(tap, served, folder)
    tap.check((served.folder / "key.pem").stat().st_mode & 0o777 == 0o600 and served.folder.stat().st_mode & 0o777 == 0o700,
              "the key is for its owner alone")
    for arguments, what in ((["enrol", "--name", "x", "--scope", "99999", "--output", "-"], "no commune"),
                            (["enrol", "--name", "x", "--scope", "02947"], "either --output"),
                            (["device", "revoke", "nine"], "no tablet"), (["check", "twice"], "one word too many"),
                            (["report", "2026"], "one word too many"), (["init", "here"], "one word too many"), (["report", "--period", "soon"], "no period")):
        done = served.run(*arguments)
        tap.check(done.returncode == 2 and what in done.stderr, f"a wrong command line is exit code 2: {' '.join(arguments[:2])}", done.stderr)
    done = subprocess.run([str(COLLECTOR), "dance"], env=ENV, capture_output=True, text=True, check=False)
    tap.check(done.returncode == 2, "an unknown command is exit code 2", done.stderr)
    none = Path(folder) / "nowhere"
    done = subprocess.run([str(COLLECTOR), "serve", "--dir", str(none)], env=ENV, capture_output=True, text=True, check=False)
    tap.check(done.returncode == 1 and "init" in done.stderr, "serve without a collector says what to do", done.stderr)


def check_gate(tap, served, enrolment):
    scope, token, device = enrolment["home_scope"], enrolment["token"], int(enrolment["device"])
    good = stream(hello(device, scope), frame(5))
    status, body, _ = served.ask("/v1/sync", "POST", good, token=token)
    tap.check(status == 200 and body[:4] == b"SBAN" and body[6] & 0x7F == 3, "a good request is answered with REPLY", f"{status} {body!r}")
    rows = (
        ("no token", dict(body=good, user=None), 401), ("an unknown token", dict(body=good, token="x" * 43), 401),
        ("a token beyond its bound", dict(body=good, token="x" * 4000), 401), ("garbage", dict(body=b"garbage" * 99, token=token), 400),
        ("another protocol major", dict(body=stream(hello(device, scope), frame(5), major=2), token=token), 426),
        ("no END", dict(body=stream(hello(device, scope)), token=token), 400), ("no HELLO", dict(body=stream(frame(5)), token=token), 400),
        ("an empty body", dict(body=b"", token=token), 400), ("another device's number", dict(body=stream(hello(device + 50, scope), frame(5)), token=token), 403),
        ("a damaged frame", dict(body=good[:-1] + bytes([good[-1] ^ 1]), token=token), 400),
    )
    for name, request, expected in rows:
        status, body, _ = served.ask("/v1/sync", "POST", **request)
        tap.check(status == expected and body[:4] == b"SBAN" and body[6] & 0x7F == 6, f"{name}: {expected} and an ERROR frame", f"{status} {body!r}")
    status, _, headers = served.ask("/v1/sync", "GET", token=token)
    tap.check(status == 405 and headers["Allow"] == "POST", "the wrong method: 405", str(status))
    unknown = stream(hello(device, scope), frame(9, b"later"), frame(5))
    tap.check(served.ask("/v1/sync", "POST", unknown, token=token)[0] == 200, "a frame of a later version is skipped")
    other = stream(hello(device, "02950@2025-07-01"), frame(5))
    tap.check(served.ask("/v1/sync", "POST", other, token=token)[0] == 200, "a scope of others is left out of the answer")


def check_bodies(tap, served, enrolment):
    token, device, scope = enrolment["token"], int(enrolment["device"]), enrolment["home_scope"]
    connection = http.client.HTTPSConnection("localhost", served.port, context=TRUST_NOBODY, timeout=30)
    connection.putrequest("POST", "/v1/sync")
    connection.putheader("Authorization", "Bearer " + token)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    piece = frame(9, b"\0" * (1024 * 1024))
    try:
        connection.send(b"6\r\nSBAN\x01\0\r\n")
        for _ in range(REQUEST_BYTES_MAX // len(piece) + 1):
            connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        connection.send(b"0\r\n\r\n")
        status = connection.getresponse().status
    except OSError as error:
        status = error
    tap.check(status == 413, "a body beyond the cap without a length: 413", str(status))
    connection.close()

    connection = http.client.HTTPSConnection("localhost", served.port, context=TRUST_NOBODY, timeout=10)
    connection.putrequest("POST", "/v1/sync")
    connection.putheader("Authorization", "Bearer " + token)
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    sent = 0
    try:
        while sent < 200 * 1024 * 1024:
            connection.send(b"\0" * 65536)
            sent += 65536
        ended = False
    except TimeoutError:
        ended = False
    except OSError:
        ended = True
    tap.check(ended, "a body without end is cut", f"{sent} bytes were taken")
    connection.close()

    raw = TRUST_NOBODY.wrap_socket(socket.create_connection(("localhost", served.port)), server_hostname="localhost")
    body = stream(hello(device, scope), frame(5))
    raw.sendall(f"POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:20])
    raw.close()
    tap.check(served.ask("/v1/sync", "POST", body, token=token)[0] == 200, "a body that is cut harms nobody")


def check_enrolment_by_code(tap, served):
    shown = served.run("enrol", "--name", "Tablet by code", "--scope", "02947", "--code").stdout
    code = re.search(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b", shown).group(0).replace("-", "")
    pin = served.ask("/v1/key", user=None)[1].decode()
    tap.check(pin.startswith("sha256//"), "the key is shown to everybody", pin)
    status, text, _ = served.ask("/v1/enrol", "POST", code[:12].encode(), user=None)
    tap.check(status == 200 and b"[soban-enrolment]" in text and pin.encode() in text, "a code gives an enrolment", f"{status} {text!r}")
    tap.check(served.ask("/v1/enrol", "POST", code[:12].encode(), user=None)[0] == 403, "a code works once")
    shown = served.run("enrol", "--name", "Behind a proxy", "--scope", "02947", "--code", "--url", "https://so.example.vn").stdout
    tap.check("https://so.example.vn\n" in shown and served.url not in shown, "with --url a code is shown with that address", shown)
    tap.check(served.ask("/v1/enrol", "POST", b"z" * 5000, user=None)[0] == 413, "a secret of 5000 bytes: 413")
    statuses = [served.ask("/v1/enrol", "POST", b"0" * 12, user=None)[0] for _ in range(5)]
    tap.check(statuses[0] == 403 and statuses[-1] == 429, "wrong codes are slowed down", str(statuses))


def check_revocation(tap, served, folder):
    _, enrolment = enrol(served, folder, "lost", ["02947"])
    body = stream(hello(int(enrolment["device"]), enrolment["home_scope"]), frame(5))
    before = served.ask("/v1/sync", "POST", body, token=enrolment["token"])[0]
    done = served.run("device", "revoke", enrolment["device"])
    after = served.ask("/v1/sync", "POST", body, token=enrolment["token"])[0]
    tap.check((before, done.returncode, after) == (200, 0, 401), "a revoked tablet is refused at once", f"{before} {done.stderr} {after}")
    done = served.run("device", "revoke", enrolment["device"])
    tap.check(done.returncode == 1 and "revoked already" in done.stderr, "a second time there is nothing to revoke", done.stdout + done.stderr)


def sync_tool(store, verb, *arguments, text=None):
    return subprocess.run([str(SYNC), verb, "--store", str(store), *map(str, arguments)], env=ENV, capture_output=True, text=True, input=text,
                          check=False, timeout=120)


def check_kills(tap, served, folder, lines):
    """Every round: some records more, a sync, and kill -9 of the server at an arbitrary moment of it."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    store = Path(folder) / "tablet.db"
    scopes = sorted({json.loads(line)["scope"] for line in lines if json.loads(line).get("scope")})
    file, _ = enrol(served, folder, "tablet", scopes)
    done = sync_tool(store, "enrol", file)
    tap.check(done.returncode == 0, "a tablet enrols", done.stderr)
    killed = 0
    for part in range(0, len(lines), 4):
        done = sync_tool(store, "add", "--batch", "-", "--as-is", text="\n".join(lines[part:part + 4]) + "\n")
        if done.returncode != 0:
            tap.check(False, "records are added", done.stderr)
        running = subprocess.Popen([str(SYNC), "sync", "--store", str(store)], env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(chance.uniform(0.0, 0.12))
        except subprocess.TimeoutExpired:
            pass
        served.end(signal.SIGKILL)
        killed += 1
        served.start()
        running.kill()
        running.wait()
    done = sync_tool(store, "sync")
    tap.check(done.returncode == 0, f"after {killed} kills the tablet sends the rest", done.stderr)
    status = json.loads(served.run("report", "--json").stdout)
    check = served.run("check")
    tap.check(check.returncode == 0, f"after {killed} kills the data is sound (seed {seed})", check.stdout)
    mine = sync_tool(store, "check")
    tap.check(mine.returncode == 0, "and so is the tablet's", mine.stdout + mine.stderr)
    return status


def check_sums(tap, report, lines):
    """The sums, computed separately from the JSON."""
    records = [json.loads(line) for line in lines]
    sums = {row["indicator"]: row for row in report["indicators"]}
    sessions = [record["fields"] for record in records if record["form"] == "communication_session"]
    dialogues = [record for record in records if record["form"] == "policy_dialogue"]
    expected = {"communication_sessions": len(sessions), "policy_dialogues": len(dialogues),
                "session_attendances": sum(int(answers["total"]) for answers in sessions if answers.get("total"))}
    for indicator, number in expected.items():
        tap.check(sums[indicator]["sum"] == number, f"the sum of {indicator} is that of the JSON", f"{sums[indicator]} {number}")


def parse(tap, page, path):
    try:
        return ElementTree.fromstring(page.split(b"\n", 1)[1])
    except ElementTree.ParseError as error:
        tap.check(False, f"{path} is well-formed", str(error))
        return ElementTree.Element("html")


def texts(element):
    return " ".join("".join(element.itertext()).split())


def check_pages(tap, served):
    html = "{http://www.w3.org/1999/xhtml}"
    status, page, headers = served.ask("/?lang=en")
    tap.check(status == 200 and "default-src 'none'" in headers["Content-Security-Policy"], "the home page comes with its security headers")
    tap.check("lang=en" in headers["Set-Cookie"], "the language is remembered")
    tap.check(b"Whole country" in served.ask("/", headers={"Cookie": "lang=en"})[1], "and used the next time")
    tap.check(served.ask("/", user=None)[0] == 401 and served.ask("/", user=("admin", "wrong"))[0] == 401, "nobody reads without a password")
    tap.check(served.ask("/nothing")[0] == 404 and served.ask("/record/nothing")[0] == 404 and served.ask("/", "POST", b"x")[0] == 405,
              "wrong addresses and methods are said to be wrong")
    seen, waiting, broken = set(), ["/?lang=en", "/records", "/look", "/devices"], []
    while waiting and len(seen) < 250:
        path = waiting.pop(0)
        if path in seen or "period=" in path:
            continue
        seen.add(path)
        status, page, _ = served.ask(path, headers={"Cookie": "lang=en"})
        root = parse(tap, page, path)
        if status != 200:
            broken.append(f"{path} {status}")
        if root.find(f".//{html}script") is not None:
            broken.append(f"{path} has a script")
        waiting += [a.get("href") for a in root.iter(html + "a") if a.get("href", "").startswith("/") and "lang=" not in a.get("href")]
    tap.check(not broken and len(seen) > 40, f"all {len(seen)} pages that links lead to are there and well-formed", broken)
    check_drill_down(tap, served, html)


def read_number(text):
    return float(text.replace(",", ""))


def check_drill_down(tap, served, html):
    """A sum equals the sum of what it opens to, at every step, down to the records."""
    def table(path):
        root = parse(tap, served.ask(path, headers={"Cookie": "lang=en"})[1], path)
        rows = [(row.find(f".//{html}a").get("href"), read_number(texts(row.findall(f"{html}td")[0 if row.find(f'{html}td/{html}a') is not None else -1])))
                for row in root.findall(f".//{html}tbody/{html}tr")]
        return rows, read_number(texts(root.find(f".//{html}tfoot").find(f".//{html}td")))

    def open_sum(path, depth):
        rows, total = table(path)
        if abs(sum(number for _, number in rows) - total) > 1e-6:
            wrong.append(f"{path}: {rows} {total}")
        for link, number in rows:
            if link.startswith("/record/"):
                records.append(link)
            elif depth < 3:
                if abs(open_sum(link, depth + 1) - number) > 1e-6:
                    wrong.append(link)
        return total

    wrong, records = [], []
    total = open_sum("/indicator/session_attendances", 0)
    tap.check(not wrong and total > 0 and records, f"the sum {total:g} opens to {len(records)} records that make it up", wrong)


def check_escaping(tap, served, folder):
    store = Path(folder) / "tablet.db"
    title = "A & B <c> \"d\" <script>alert(1)</script>"
    text = json.dumps({"form": "event", "fields": {"title": title, "activity_date": "2025-11-03"}}) + "\n"
    done = sync_tool(store, "add", "--batch", "-", "--as-is", text=text)
    sent = sync_tool(store, "sync")
    record = done.stdout.split()[-1] if done.returncode == 0 else ""
    _, page, _ = served.ask("/record/" + record)
    tap.check(sent.returncode == 0 and b"A &amp; B &lt;c&gt;" in page and b"<script>" not in page, "what people write is escaped",
              done.stderr + sent.stderr + page.decode()[:3000])
    found = served.ask("/records?q=alert")[1]
    tap.check(record.encode() in found, "and found by its words")
    none = served.ask("/records?q=%22%20OR%20NEAR(*")[0]
    tap.check(none == 200, "a search is text, never an operator", str(none))


def check_small_counts(tap, served, folder):
    """One woman, counselled in one commune of a province whose total is told: the table of its communes does not say in which."""
    store = Path(folder) / "tablet.db"
    text = json.dumps({"form": "support_summary", "fields": {"period": "2019-03", "nil": "no", "people_new": "1"}}) + "\n"
    done = sync_tool(store, "add", "--batch", "-", "--as-is", text=text)
    sent = sync_tool(store, "sync")
    tap.check(done.returncode == 0 and sent.returncode == 0, "a tablet reports one woman", done.stderr + sent.stderr)

    def body(path):
        root = parse(tap, served.ask(path, headers={"Cookie": "lang=en"})[1], path)
        return root.find(".//{*}tbody")

    provinces = body("/indicator/people_counselled?period=2019-03")
    links = [link.get("href") for link in provinces.findall(".//{*}a")]
    communes = body(links[0]) if links else provinces
    tap.check(len(links) == 1 and texts(communes).startswith("Several, told together") and len(communes) == 1,
              "of the one nobody learns the commune", [str(links), texts(communes)])


def check_erasing(tap, served, store):
    """Beside a running server; what stays where the program cannot reach is told."""
    record = next(link for link in re.findall(r'href="/record/([^"]+)"', served.ask("/records")[1].decode()))
    done = served.run("erase", record, "--reason", "Quyết định 14/2026")
    tap.check(done.returncode == 0 and not done.stderr and ("pg_wal" in done.stdout) == (store is not None)
              and ("running server" in done.stdout) == (store is None) and "backups" in done.stdout, "erase says what is left to do", done.stdout + done.stderr)
    tap.check(record not in served.ask("/records")[1].decode() and served.run("check").returncode == 0, "the record is gone, the data are sound")


def main():
    tap = Tap()
    if sys.argv[1:] != ["postgresql"]:
        run(tap, None)
    elif ADDRESS:
        with Schema() as address:
            run(tap, address)
    else:
        tap.skip("the collector on PostgreSQL", WHY_NOT)
    tap.done()


def run(tap, store):
    """@store: the address of a PostgreSQL database, or None."""
    lines = subprocess.run([sys.executable, str(SOURCE / "packaging" / "sample" / "convert.py")], env=dict(ENV, PYTHONDONTWRITEBYTECODE="1"),
                           capture_output=True, text=True, check=True).stdout.splitlines()
    with tempfile.TemporaryDirectory(prefix="soban-serve-") as folder:
        served = Served(folder, store)
        check_commands(tap, served, folder, store)
        served.start()
        try:
            second = served.run("serve", "--port", "0")
            tap.check(second.returncode == 1 and "already" in second.stderr, "a second server on the same data is refused", second.stderr)
            _, enrolment = enrol(served, folder, "first", SCOPES)
            check_gate(tap, served, enrolment)
            check_bodies(tap, served, enrolment)
            check_enrolment_by_code(tap, served)
            check_revocation(tap, served, folder)
            report = check_kills(tap, served, folder, lines)
            check_sums(tap, report, lines)
            check_pages(tap, served)
            check_escaping(tap, served, folder)
            check_small_counts(tap, served, folder)
            check_erasing(tap, served, store)
        finally:
            status = served.end()
            tap.check(status == 0, "SIGTERM ends it cleanly", str(status))
            wal = served.folder / "collector.db-wal"
            tap.check(not wal.exists() or wal.stat().st_size == 0, "and leaves one file")
            noise = [line for line in served.log().splitlines() if "WARNING" in line or "CRITICAL" in line]
            tap.check(not noise, "nothing was complained about in the log", noise)


main()
