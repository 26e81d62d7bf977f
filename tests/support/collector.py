# SPDX-License-Identifier: GPL-3.0-or-later
"""A real collector for journeys: made, served and ended here, reached as tablets and browsers reach it."""

import base64
import os
import re
import select
import ssl
import subprocess
import urllib.request
from html.parser import HTMLParser

from journey import NotThere, stop
from tap import BUILD, SOURCE

PROGRAM = BUILD / "sync" / "collector" / "soban-collector"
PASSWORD = "nha-san-ben-suoi"


class Collector:
    def __init__(self, folder):
        self.folder = folder / "collector"
        self.env = dict(os.environ, SOBAN_DATA_DIR=str(SOURCE / "schema"), SOBAN_LOCALE_DIR=str(BUILD / "po"))
        self.process = None
        self.url = None

    def run(self, verb, *arguments):
        done = subprocess.run(
            [str(PROGRAM), verb, "--dir", str(self.folder), *map(str, arguments)],
            env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
        )
        if done.returncode != 0:
            raise AssertionError(f"soban-collector {verb} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def init(self):
        """Makes it; enough for enrolling tablets that never come to send."""
        password = self.folder.with_suffix(".password")
        password.write_text(PASSWORD + "\n", encoding="ascii")
        self.run("init", "--url", "https://localhost:8443", "--admin-password-file", password)
        return self

    def __enter__(self):
        self.init()
        return self.serve()

    def serve(self, port=0):
        """Starts the server, at any free port or at one that it had before."""
        self.process = subprocess.Popen(
            [str(PROGRAM), "serve", "--dir", str(self.folder), "--listen", "127.0.0.1", "--port", str(port)],
            env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(self.folder / "serve.log", "w", encoding="utf-8"), text=True,
        )
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("listening on "):
            stop(self.process)
            raise NotThere(f"the collector does not listen: {line}{(self.folder / 'serve.log').read_text(encoding='utf-8')}")
        self.url = line.split()[-1]
        return self

    def stop(self):
        """Until serve() is called again, with the port it had."""
        if self.process:
            stop(self.process)
            self.process.stdout.close()
            self.process = None

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    def __exit__(self, *_):
        self.stop()

    def enrol(self, name, scopes, output):
        options = [option for scope in scopes for option in ("--scope", scope)]
        address = ("--url", self.url) if self.url else ()
        self.run("enrol", "--name", name, *options, *address, "--output", output)

    def get(self, path, language="vi"):
        """The text of a page, as the officer's browser gets it. The key is the collector's own: the tablet pins it, this does not."""
        request = urllib.request.Request(f"{self.url}{path}{'&' if '?' in path else '?'}lang={language}")
        request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode())
        with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=20) as answer:
            return answer.read().decode("utf-8")

    def follow(self, start, *patterns):
        """Follows the links of the pages as an officer opens a sum: from `start` the first link that matches each pattern; (path, text)."""
        path, text = start, self.get(start)
        for pattern in patterns:
            found = [link for link in links_of(text) if re.search(pattern, link)]
            if not found:
                raise NotThere(f"no link on {path} matches {pattern!r}; there are: {sorted(set(links_of(text)))}")
            path, text = found[0], self.get(found[0])
        return path, text


def links_of(page):
    """Paths of the links of a page that lead to other pages of the collector."""
    found = []

    class Links(HTMLParser):
        def handle_starttag(self, tag, attrs):
            href = dict(attrs).get("href") or ""
            if tag == "a" and href.startswith("/") and not href.startswith("//"):
                found.append(href.split("#")[0])

    Links().feed(page)
    return found
