#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two real collectors on one PostgreSQL database: tablets of both send at once, one collector is killed, nothing is lost or doubled."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgresql import ADDRESS, WHY_NOT, Schema, psql  # noqa: E402
from served import ENV, SYNC, Served  # noqa: E402
from tap import Tap  # noqa: E402

SCOPES = ["02947", "02953"]
TABLETS = 4
ROUNDS = 4
RECORDS = 25


def tool(store, verb, *arguments, text=None):
    return subprocess.run([str(SYNC), verb, "--store", str(store), *map(str, arguments)], env=ENV, capture_output=True, text=True, input=text,
                          check=False, timeout=120)


def make_records(count):
    return "".join(json.dumps({"form": "training", "scope": f"{SCOPES[index % 2]}@2025-07-01", "fields": {
        "program": "women_cadres", "total": index + 1, "activity_date": "2026-03-05", "commune_id": f"{SCOPES[index % 2]}@2025-07-01",
    }}) + "\n" for index in range(count))


def enrol(tap, served, folder):
    stores = []
    for tablet in range(TABLETS):
        file, store = Path(folder) / f"{tablet}.enrolment", Path(folder) / f"{tablet}.db"
        options = [option for scope in SCOPES for option in ("--scope", scope)]
        # Every other tablet goes to the second collector: it may do so with the device of the first.
        done = served[0].run("enrol", "--name", f"tablet {tablet}", *options, "--url", served[tablet % 2].url, "--output", file)
        done = tool(store, "enrol", file) if done.returncode == 0 else done
        tap.check(done.returncode == 0, f"tablet {tablet} enrols", done.stderr)
        stores.append(store)
    return stores


def send_at_once(stores):
    running = [subprocess.Popen([str(SYNC), "sync", "--store", str(store)], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
               for store in stores]
    return running


def work(served, stores):
    """Rounds in which all send at once; in every second one the second collector is killed meanwhile."""
    for round_number in range(ROUNDS):
        for store in stores:
            done = tool(store, "add", "--batch", "-", "--as-is", text=make_records(RECORDS))
            if done.returncode != 0:
                raise AssertionError(done.stderr)
        running = send_at_once(stores)
        if round_number % 2 == 1:
            served[1].end(signal.SIGKILL)
            served[1].start()
        for process in running:
            process.communicate(timeout=120)


def check_all(tap, served, stores, address):
    finals = [tool(store, "sync") for _ in range(2) for store in stores]
    tap.check(all(done.returncode == 0 for done in finals), "in the end all of them have sent",
              [done.stdout + done.stderr for done in finals])
    total = TABLETS * ROUNDS * RECORDS
    stored = psql(address, "SELECT count (*) FROM change"), psql(address, "SELECT count (*) FROM record"), psql(
        address, "SELECT CAST (sum (last_number) AS BIGINT) FROM scope")
    tap.check(stored == (str(total),) * 3, f"{total} records are in the database, each once", str(stored))
    counts = [len(json.loads(tool(store, "list", "--json").stdout)) for store in stores]
    tap.check(counts == [total] * TABLETS, "and each tablet has all of them", str(counts))
    for one in served:
        sound = one.run("check")
        tap.check(sound.returncode == 0, "the data is sound", sound.stdout + sound.stderr)
    sums = [row["sum"] for one in served for row in json.loads(one.run("report", "--json").stdout)["indicators"]
            if row["indicator"] == "women_cadres"]
    tap.check(sums == [TABLETS * ROUNDS * sum(range(1, RECORDS + 1))] * 2, "both report the same sum", str(sums))
    pages = [one.ask("/records?q=bao%20yen")[1].decode() for one in served]
    tap.check(all(page.count("/record/") == 100 for page in pages), "the pages of both find the records by their words",
              [str(page.count("/record/")) for page in pages])


def main():
    tap = Tap()
    if not ADDRESS:
        tap.skip("two collectors on one database", WHY_NOT)
        tap.done()
    with tempfile.TemporaryDirectory(prefix="soban-two-") as folder, Schema() as address:
        served = []
        for number in (1, 2):
            (Path(folder) / str(number)).mkdir()
            served.append(Served(Path(folder) / str(number), address))
            tap.check(served[-1].init.returncode == 0, f"init of collector {number}", served[-1].init.stderr)
        again = served[1].run("init")
        tap.check(again.returncode == 0, "init again brings the schema up to date", again.stderr)
        for name in ("key.pem", "cert.pem"):
            shutil.copy(served[0].folder / name, served[1].folder / name)
        try:
            for one in served:
                one.start()
            stores = enrol(tap, served, folder)
            work(served, stores)
            check_all(tap, served, stores, address)
        finally:
            for one in served:
                status = one.end()
                tap.check(status == 0, "SIGTERM ends it cleanly", str(status))
                noise = [line for line in one.log().splitlines() if "CRITICAL" in line]
                tap.check(not noise, "no critical word in the log", noise)
    tap.done()


main()
