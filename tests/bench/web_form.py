# SPDX-License-Identifier: GPL-3.0-or-later
"""The twenty questions as a web page, by @getodk/web-forms from npm: bundled once, served here, opened in Chromium."""

import shutil
import subprocess
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "peers" / "web-forms"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--password-store=basic", "--window-position=0,0"]


def find_browser():
    return shutil.which("chromium") if shutil.which("node") and shutil.which("npm") else None


class WebForm:
    """A server of the page on this machine; `shown_at` is when the page said that its first question can be seen."""

    def __init__(self, folder):
        self.folder = folder / "page"
        self.shown = threading.Event()
        self.shown_at = None

    def build(self):
        shutil.copytree(FILES, self.folder)
        shutil.copy(HERE / "twenty-questions.xml", self.folder / "form.xml")
        subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL)
        # The program that the package ships for this machine; the script beside it wants an install script to have run.
        bundler = next(self.folder.glob("node_modules/@esbuild/*/bin/esbuild"))
        subprocess.run([bundler, "main.js", "--bundle", "--format=esm", "--minify", "--log-level=error", "--outfile=form.js",
                        '--define:process.env.NODE_ENV="production"'], cwd=self.folder, check=True)
        shutil.rmtree(self.folder / "node_modules")
        return self

    def serve(self):
        form = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(form.folder))

            def do_POST(self):  # noqa: N802 (the name that http.server calls)
                form.shown_at = time.monotonic()
                form.shown.set()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/index.html"

    def command(self, browser, profile, url, width, height):
        return [browser, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--app={url}"]
