# SPDX-License-Identifier: GPL-3.0-or-later
"""The real soban-collector in a folder of its own, made, served and ended by a test."""

import base64
import os
import select
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from tap import BUILD, SOURCE  # noqa: E402

COLLECTOR = BUILD / "sync" / "collector" / "soban-collector"
SYNC = BUILD / "sync" / "tools" / "soban-sync"
USER, PASSWORD = "admin", "nha-san-ben-suoi"
ENV = dict(os.environ, SOBAN_DATA_DIR=str(SOURCE / "schema"), SOBAN_LOCALE_DIR=str(BUILD / "po"), SOBAN_LANGUAGE="en")
TRUST_NOBODY = ssl._create_unverified_context()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    def __init__(self, folder, store=None):
        """@store: the address of a PostgreSQL database; without one SQLite's file in the folder."""
        self.folder = Path(folder) / "collector"
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.process = None
        password = Path(folder) / "password"
        password.write_text(PASSWORD + "\n", encoding="ascii")
        self.init = self.run("init", "--url", self.url, "--admin-password-file", password, *(("--store", store) if store else ()))

    def run(self, verb, *arguments, **more):
        return subprocess.run([str(COLLECTOR), verb, "--dir", str(self.folder), *map(str, arguments)], env=ENV, capture_output=True,
                              text=True, check=False, timeout=60, **more)

    def start(self, *arguments, **more):
        log = open(self.folder / "serve.log", "a", encoding="utf-8")
        self.process = subprocess.Popen([str(COLLECTOR), "serve", "--dir", str(self.folder), "--listen", "127.0.0.1", "--port",
                                         str(self.port), *arguments], env=ENV, stdout=subprocess.PIPE, stderr=log, text=True, **more)
        log.close()
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("listening on "):
            raise AssertionError("the collector does not listen: " + line + self.log())
        return line.split()[-1]

    def log(self):
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def end(self, sign=None):
        """SIGTERM, or @sign; the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(sign) if sign else self.process.terminate()
        status = self.process.wait(30)
        self.process.stdout.close()
        self.process = None
        return status

    def ask(self, path, method="GET", body=None, token=None, user=(USER, PASSWORD), headers=None):
        """(status, body, headers) of one request."""
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers or {})
        if token is not None:
            request.add_header("Authorization", "Bearer " + token)
        elif user is not None:
            request.add_header("Authorization", "Basic " + base64.b64encode(":".join(user).encode()).decode())
        try:
            with urllib.request.urlopen(request, context=TRUST_NOBODY, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers
