#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos and files, from soban-sync to the officer's page: kept, sent after the records, cut and continued, shown, refused, erased."""

import hashlib
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgresql import ADDRESS, WHY_NOT, Schema  # noqa: E402
from served import ENV, SYNC, TRUST_NOBODY, Served  # noqa: E402
from tap import Tap  # noqa: E402

HOME, AWAY = "02947", "03085"
JPEG, PNG = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"
TUS = {"Tus-Resumable": "1.0.0"}
PATCH_TYPE = "application/offset+octet-stream"


def make_bytes(seed, length, begin=b""):
    """Bytes that differ with the seed and do not repeat."""
    blocks = (hashlib.sha256(f"{seed} {i}".encode()).digest() for i in range(length // 32 + 1))
    return (begin + b"".join(blocks))[:length]


def name_of(content, extension="jpg"):
    return hashlib.sha256(content).hexdigest() + "." + extension


class Tablet:
    def __init__(self, served, folder, name, scope):
        self.folder = Path(folder)
        self.store = self.folder / (name + ".db")
        file = self.folder / (name + ".enrolment")
        done = served.run("enrol", "--name", name, "--scope", scope, "--output", file)
        assert done.returncode == 0, done.stderr
        self.token = next(line[6:] for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("token="))
        for verb in (("enrol", file), ("sync",)):  # the sync brings the keys for bundles
            done = self.run(*verb)
            assert done.returncode == 0, done.stderr

    def run(self, verb, *arguments):
        return subprocess.run([str(SYNC), verb, "--store", str(self.store), *map(str, arguments)], env=ENV, capture_output=True, text=True,
                              check=False, timeout=60)

    def add(self, content, extension="jpg"):
        """A record of an event with this photo; its id."""
        file = self.folder / ("photo." + extension)
        file.write_bytes(content)
        done = self.run("add", "event", "--as-is", "--field", f"photo=@{file}")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def sync(self):
        return self.run("sync")


def ask(served, tablet, method, name, body=None, **headers):
    sent = dict(TUS, **{key.replace("_", "-"): str(value) for key, value in headers.items()})
    return served.ask("/v1/attachment/" + name, method=method, body=body, token=tablet.token, headers=sent)


def offset_of(served, tablet, name):
    status, _, headers = ask(served, tablet, "HEAD", name)
    return int(headers["Upload-Offset"]) if status == 200 else status


def begin_patch(served, tablet, name, offset, length, part):
    """A PATCH of which only @part is said; the socket."""
    plain = socket.create_connection(("localhost", served.port), 30)
    link = TRUST_NOBODY.wrap_socket(plain, server_hostname="localhost")
    head = (f"PATCH /v1/attachment/{name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {tablet.token}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: {PATCH_TYPE}\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n\r\n")
    link.sendall(head.encode() + part)
    return link


def is_closed(link):
    link.settimeout(0.1)
    try:
        return link.recv(1) == b""
    except (TimeoutError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def wait_for_offset(served, tablet, name, wanted):
    deadline = time.monotonic() + 30
    while (found := offset_of(served, tablet, name)) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def check_tool(tap, tablet):
    photo = make_bytes("tool", 5000, JPEG)
    record = tablet.add(photo)
    shown = json.loads(tablet.run("show", record, "--json").stdout)
    tap.check(shown["fields"].get("photo") == name_of(photo), "add keeps the file: the answer is its name", str(shown["fields"]))
    status = tablet.status()
    tap.check((status["attachments_waiting"], status["attachment_bytes_waiting"]) == (1, 5000), "status says that it waits", str(status))
    done = tablet.run("add", "event", "--as-is", "--field", "photo=@/no/such/file.jpg")
    tap.check(done.returncode == 1 and tablet.status()["waiting"] == 1, "a file that is not there saves nothing", done.stderr)
    large = tablet.folder / "large.jpg"
    with open(large, "wb") as file:
        file.truncate(11 * 1024 * 1024)
    done = tablet.run("add", "event", "--as-is", "--field", f"photo=@{large}")
    tap.check(done.returncode == 1 and "10 MB" in done.stderr, "one that is too large neither", done.stderr)
    return record, photo


def check_journey(tap, served, tablet, record, photo):
    """The record comes by stick, its photo later by the network."""
    stick = tablet.folder / "stick.soban"
    tap.check(tablet.run("export-bundle", stick).returncode == 0 and served.run("import-bundle", stick).returncode == 0, "the record came by stick")
    page = served.ask(f"/record/{record}?lang=en")[1].decode()
    tap.check("has not arrived yet" in page and "<img" not in page, "the page says that the photo has not arrived", page[-1500:])
    tap.check(served.ask("/attachment/" + name_of(photo))[0] == 404, "and there is none")
    done = tablet.run("sync", "--no-attachments")
    tap.check(done.returncode == 0 and tablet.status()["attachments_waiting"] == 1, "a sync that leaves photos for another time does", done.stderr)
    done = tablet.sync()
    tap.check(done.returncode == 0 and "sent 1 of 1 photos" in done.stdout, "the sync sends it", done.stdout + done.stderr)
    tap.check(tablet.status()["attachments_waiting"] == 0, "it waits no more")
    page = served.ask(f"/record/{record}?lang=en")[1].decode()
    tap.check(f'src="/attachment/{name_of(photo)}"' in page and "has not arrived" not in page, "the page shows it", page[-1500:])
    status, body, headers = served.ask("/attachment/" + name_of(photo))
    tap.check(status == 200 and body == photo and headers["Content-Type"] == "image/jpeg", "as it was taken", f"{status} {headers}")
    tap.check(headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"], "guarded by its headers", str(headers))
    tap.check("img-src 'self'" in served.ask("/record/" + record)[2]["Content-Security-Policy"], "pages may show the collector's own pictures")
    tap.check(served.ask("/attachment/" + name_of(photo), user=None)[0] == 401, "nobody sees it who is not signed in")
    tap.check(served.ask("/attachment/" + name_of(photo), user=None, token=tablet.token)[0] == 401, "a tablet's token is no sign-in")
    tap.check(tablet.sync().stdout.count("photos") == 0, "a second sync sends nothing")


def check_disguise(tap, served, tablet):
    """What only says that it is a picture."""
    page = b"<html><script>alert(1)</script></html>"
    tablet.add(page)
    picture = make_bytes("png", 900, PNG)
    record = tablet.add(picture, "png")
    done = tablet.sync()
    tap.check(done.returncode == 0, "both are sent", done.stdout + done.stderr)
    status, body, headers = served.ask("/attachment/" + name_of(page))
    tap.check((status, body, headers["Content-Type"]) == (200, page, "application/octet-stream"), "a page that is called .jpg is no picture", str(headers))
    tap.check(headers["Content-Disposition"].startswith("attachment;"), "it can be saved only")
    tap.check(served.ask("/attachment/" + name_of(picture, "png"))[2]["Content-Type"] == "image/png", "a PNG is one")
    file = tablet.folder / "other.jpg"
    file.write_bytes(make_bytes("other", 700, JPEG))
    done = tablet.run("edit", record, "--as-is", "--field", f"photo=@{file}")
    tap.check(done.returncode == 0 and tablet.sync().returncode == 0, "edit takes a file, too", done.stderr)
    page = served.ask(f"/record/{record}?lang=en")[1].decode()
    tap.check(page.count(name_of(file.read_bytes())) == 3 and page.count(name_of(picture, "png")) == 1, "the page shows the new one, the history both",
              page[-2000:])


def check_protocol(tap, served, tablet, stranger):
    photo = make_bytes("protocol", 9000, JPEG)
    name = name_of(photo)
    tap.check(ask(served, tablet, "POST", name, Upload_Length=9000)[0] == 403, "what no record names is refused")
    tablet.add(photo)
    stick = tablet.folder / "protocol.soban"
    tablet.run("export-bundle", stick)
    served.run("import-bundle", stick)
    tap.check(ask(served, stranger, "POST", name, Upload_Length=9000)[0] == 403, "so is another commune's tablet")
    tap.check(served.ask("/v1/attachment/" + name, "HEAD", token="wrong", headers=TUS)[0] == 401, "and one that is not enrolled")
    tap.check(ask(served, tablet, "HEAD", name)[0] == 404, "nothing is there yet")
    tap.check(ask(served, tablet, "PATCH", name, photo[:10], Upload_Offset=0, Content_Type=PATCH_TYPE)[0] == 404, "a piece of what was not announced")
    tap.check(ask(served, tablet, "POST", name, Upload_Length=0)[0] == 400 and ask(served, tablet, "POST", name, Upload_Length=10 ** 9)[0] == 413,
              "announced with no length, or with too much")
    status = ask(served, tablet, "POST", "..%2f" + name, Upload_Length=9)[0]
    tap.check(status in (400, 404) and ask(served, tablet, "HEAD", name.upper())[0] == 404, "a path is no name", str(status))
    tap.check(ask(served, tablet, "DELETE", name)[0] == 405, "no other method")
    tap.check(served.ask("/v1/attachment/" + name, "HEAD", token=tablet.token, headers={"Tus-Resumable": "2.0.0"})[0] == 412, "no other version of tus")
    status, _, headers = ask(served, tablet, "POST", name, Upload_Length=9000)
    tap.check((status, headers["Upload-Offset"], headers["Location"]) == (201, "0", "/v1/attachment/" + name), "announced", str(headers))
    tap.check(ask(served, tablet, "PATCH", name, photo[:10], Upload_Offset=5, Content_Type=PATCH_TYPE)[0] == 409, "a piece at another place")
    tap.check(ask(served, tablet, "PATCH", name, photo[:10], Upload_Offset=0, Content_Type="text/plain")[0] == 415, "a piece of another type")
    tap.check(ask(served, tablet, "PATCH", name, b"x" * (256 * 1024 + 1), Upload_Offset=0, Content_Type=PATCH_TYPE)[0] == 413, "a piece that is too long")
    status, _, headers = ask(served, tablet, "PATCH", name, photo[:1000], Upload_Offset=0, Content_Type=PATCH_TYPE)
    tap.check((status, headers["Upload-Offset"]) == (204, "1000"), "a piece", f"{status} {headers}")

    begin_patch(served, tablet, name, 1000, 8000, photo[1000:3000]).close()
    tap.check(wait_for_offset(served, tablet, name, 3000) == 3000, "what came before a cut is kept")
    still = begin_patch(served, tablet, name, 3000, 6000, photo[3000:4000])
    found = wait_for_offset(served, tablet, name, 4000)
    tap.check(found == 4000, "what came over a link that stands still is told to who asks again", str(found))
    still.close()
    many = [begin_patch(served, tablet, name_of(photo, f"x{i}"), 0, 500, b"x") for i in range(6)]
    deadline = time.monotonic() + 30
    while (closed := sum(is_closed(link) for link in many)) < 2 and time.monotonic() < deadline:
        pass
    tap.check(closed >= 2, "a device that holds many requests open loses the oldest", str(closed))
    for link in many:
        link.close()
    served.end()
    served.start()
    tap.check(offset_of(served, tablet, name) == 4000, "the collector that starts again knows it")
    tap.check(served.ask("/attachment/" + name)[0] == 404, "a part is shown to nobody")
    status = ask(served, tablet, "PATCH", name, photo[4000:8000] + b"x" * 1000, Upload_Offset=4000, Content_Type=PATCH_TYPE)[0]
    tap.check((status, ask(served, tablet, "HEAD", name)[0]) == (460, 404), "whole and wrong: told, and dropped", str(status))
    tap.check(tablet.sync().returncode == 0 and served.ask("/attachment/" + name)[1] == photo, "the tablet sends it right")
    tap.check(offset_of(served, tablet, name) == 9000, "and it is whole at once when it asks again")


def check_erased(tap, served, tablet, in_files):
    photo = make_bytes("erased", 300000, JPEG)
    record = tablet.add(photo)
    tap.check(tablet.sync().returncode == 0 and served.ask("/attachment/" + name_of(photo))[0] == 200, "a photo of a record that is to be erased")
    served.end()
    done = served.run("erase", record, "--reason", "QD 12/2026")
    tap.check(done.returncode == 0, "erase", done.stdout + done.stderr)
    if in_files:
        files = [file for file in served.folder.iterdir() if file.is_file()]
        tap.check(len(files) > 1 and all(photo[200000:200100] not in file.read_bytes() for file in files), "its bytes are in no file any more")
    served.start()
    tap.check(served.ask("/attachment/" + name_of(photo))[0] == 404, "its photo is gone")
    tap.check(ask(served, tablet, "POST", name_of(photo), Upload_Length=300000)[0] == 403, "and does not come back")
    tap.check(tablet.sync().returncode == 0, "the tablet hears of it")
    tap.check(photo[200000:200100] not in tablet.store.read_bytes(), "there its bytes are gone, too")


def run(tap, store=None):
    with tempfile.TemporaryDirectory(prefix="soban-attachments-") as folder:
        served = Served(folder, store)
        served.start()
        try:
            tablet, stranger = Tablet(served, folder, "nam", HOME), Tablet(served, folder, "lan", AWAY)
            record, photo = check_tool(tap, tablet)
            check_journey(tap, served, tablet, record, photo)
            check_disguise(tap, served, tablet)
            check_protocol(tap, served, tablet, stranger)
            check_erased(tap, served, tablet, store is None)
            done = served.run("check")
            tap.check(done.returncode == 0, "check finds nothing wrong", done.stdout + done.stderr)
            tap.check(tablet.run("check").returncode == 0, "on the tablet neither")
        finally:
            served.end()


def main():
    tap = Tap()
    if sys.argv[1:] != ["postgresql"]:
        run(tap)
    elif ADDRESS:
        with Schema() as address:
            run(tap, address)
    else:
        tap.skip("photos on PostgreSQL", WHY_NOT)
    tap.done()


main()
