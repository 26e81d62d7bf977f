# SPDX-License-Identifier: GPL-3.0-or-later
"""Sổ Bản beside PouchDB with express-pouchdb: the same records, the same machine, the same run, bytes counted by the same proxy on plain HTTP.

Each command of soban-sync is a process of its own and pays for its start; PouchDB runs on in one process. Needs node and npm."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from proxy import Proxy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from journey import stop  # noqa: E402
from tap import BUILD, SOURCE  # noqa: E402

RECORDS = 1000
SCOPE = "02947@2025-07-01"
SKIPPED = 77
SOBAN_SYNC = BUILD / "sync" / "tools" / "soban-sync"
SOBAN_COLLECTOR = BUILD / "sync" / "collector" / "soban-collector"
NOTES = ["", "", "", "nhà tạm, cần hỗ trợ sửa mái trước mùa mưa", "bà con hỏi nhiều về hôn nhân cận huyết", "trời mưa, ít người"]


def make_record(dice):
    total = dice.randint(10, 90)
    return {
        "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        "form": "communication_session",
        "fields": {
            "activity_date": f"2025-{dice.randint(7, 12):02}-{dice.randint(1, 28):02}",
            "commune_id": SCOPE,
            "village_id": dice.choice(["ban-muong", "thon-1", "thon-2", "na-lau", "phin-ho"]),
            "team_id": str(uuid.UUID(int=dice.randint(1, 30))),
            "topics": dice.choice(["01", "02 05", "04", "06", "11 12", "01 02 04"]),
            "method": dice.choice(["village_meeting", "own_session", "small_group", "home_visit"]),
            "total": str(total),
            "female": str(dice.randint(5, total)),
            "minority": str(dice.randint(0, total)),
            "duration_min": str(dice.choice([30, 45, 60, 90])),
            "speaker_role": dice.choice(["team_leader", "branch_leader", "village_head"]),
            "difficulty": dice.choice(NOTES),
        },
    }


class Soban:
    name = "Sổ Bản"

    def __init__(self, folder, proxy):
        self.folder, self.proxy, self.process = folder, proxy, None
        self.env = dict(os.environ, SOBAN_DATA_DIR=str(SOURCE / "schema"), SOBAN_LOCALE_DIR=str(BUILD / "po"))

    def run(self, program, *arguments):
        done = subprocess.run([str(program), *map(str, arguments)], env=self.env, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"{program.name} {arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        password = self.folder / "password"
        password.write_text("nha-san-ben-suoi\n", encoding="ascii")
        collector = self.folder / "collector"
        url = f"http://127.0.0.1:{self.proxy.port}"
        self.run(SOBAN_COLLECTOR, "init", "--dir", collector, "--url", "https://localhost:8443", "--admin-password-file", password)
        self.process = subprocess.Popen([str(SOBAN_COLLECTOR), "serve", "--dir", str(collector), "--http-loopback", "--port", "0"],
                                        env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.proxy.target = int(self.process.stdout.readline().rsplit(":", 1)[1])
        for tablet in ("a", "b"):
            file = self.folder / f"{tablet}.soban-enrolment"
            self.run(SOBAN_COLLECTOR, "enrol", "--dir", collector, "--name", tablet, "--scope", SCOPE, "--output", file)
            # Plain HTTP is for within one machine: what an administrator hands out never says so.
            file.write_text(re.sub("^url=.*$", f"url={url}", file.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
            self.run(SOBAN_SYNC, "enrol", file, "--store", self.folder / f"{tablet}.db")

    def add(self, tablet, file):
        self.ids = self.run(SOBAN_SYNC, "add", "--batch", file, "--as-is", "--store", self.folder / f"{tablet}.db").split()

    def edit(self, tablet):
        self.run(SOBAN_SYNC, "edit", self.ids[0], "--field", "difficulty=đã sửa lại", "--as-is", "--store", self.folder / f"{tablet}.db")

    def sync(self, tablet):
        self.run(SOBAN_SYNC, "sync", "--store", self.folder / f"{tablet}.db")

    def count(self, tablet):
        return len(json.loads(self.run(SOBAN_SYNC, "list", "--json", "--store", self.folder / f"{tablet}.db")))

    def end(self):
        if self.process:
            stop(self.process)
            self.process.stdout.close()


class Pouch:
    name = "PouchDB"

    def __init__(self, folder, proxy, modules, records):
        self.folder, self.proxy, self.records = folder, proxy, records
        self.env = dict(os.environ, NODE_PATH=str(modules))
        self.server, self.tablets = None, {}

    def start(self):
        data = self.folder / "server"
        data.mkdir()
        self.server = subprocess.Popen(["node", str(HERE / "pouchdb-server.js"), str(data)], env=self.env, cwd=data, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, text=True)
        self.proxy.target = int(self.server.stdout.readline())
        for tablet in ("a", "b"):
            self.tablets[tablet] = subprocess.Popen(
                ["node", str(HERE / "pouchdb-tablet.js"), str(self.folder / tablet), f"http://127.0.0.1:{self.proxy.port}/db/all"],
                env=self.env, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, tablet, **command):
        process = self.tablets[tablet]
        process.stdin.write(json.dumps(command) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"PouchDB: {answer['error']}")
        return answer.get("value")

    def add(self, tablet, file):
        self.ask(tablet, verb="add", file=str(file))

    def edit(self, tablet):
        self.ask(tablet, verb="edit", id=self.records[0]["id"], field="difficulty", value="đã sửa lại")

    def sync(self, tablet):
        self.ask(tablet, verb="sync")

    def count(self, tablet):
        return self.ask(tablet, verb="count")

    def end(self):
        for process in (*self.tablets.values(), self.server):
            if process:
                stop(process)


def measure(peer, proxy, file):
    """[(what, seconds, requests, up, down)]"""
    rows = []

    def step(what, action, tablet):
        proxy.reset()
        start = time.monotonic()
        action(tablet)
        rows.append((what, time.monotonic() - start, proxy.requests, proxy.up, proxy.down))

    peer.start()
    try:
        step(f"record {RECORDS}", lambda tablet: peer.add(tablet, file), "a")
        step(f"send {RECORDS}", peer.sync, "a")
        step(f"receive {RECORDS}", peer.sync, "b")
        step("nothing to do", peer.sync, "a")
        peer.edit("a")
        step("one field edited", peer.sync, "a")
        if (n := peer.count("b")) != RECORDS:
            raise AssertionError(f"{peer.name}: {n} records at the other tablet, sent were {RECORDS}")
    finally:
        peer.end()
    return rows


def main():
    if not shutil.which("node") or not shutil.which("npm"):
        print("skipped: node and npm are not installed")
        return SKIPPED
    dice = random.Random(7)
    records = [make_record(dice) for _ in range(RECORDS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "records.jsonl"
        file.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
        shutil.copy(HERE / "package.json", folder)
        subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=folder, check=True,
                       stdin=subprocess.DEVNULL)
        (folder / "soban").mkdir()
        (folder / "pouch").mkdir()
        proxy = Proxy()
        ours = measure(Soban(folder / "soban", proxy), proxy, file)
        theirs = measure(Pouch(folder / "pouch", proxy, folder / "node_modules", records), proxy, file)
    print(f"{'':18} {'Sổ Bản':>36} {'PouchDB':>36}")
    print(f"{'':18} " + " ".join(2 * [f"{'s':>8} {'requests':>8} {'B up':>9} {'B down':>8}"]))
    for (what, *mine), (_, *other) in zip(ours, theirs):
        print(f"{what:18} " + " ".join(f"{s:8.2f} {requests:8} {up:9} {down:8}" for s, requests, up, down in (mine, other)))
    up = [rows[1][3] / RECORDS for rows in (ours, theirs)]
    print(f"bytes up per new record: {up[0]:.1f} (target at most 55) and {up[1]:.1f}: {up[1] / up[0]:.1f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
