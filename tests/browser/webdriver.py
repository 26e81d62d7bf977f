# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Chromium through chromedriver: the W3C WebDriver protocol over plain HTTP, no library."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars"]


def find_browser():
    """(chromium, chromedriver), or None when one of them is not installed."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser:
    def __init__(self, programs, profile, seconds=40):
        browser, driver = programs
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_driver(seconds)
        options = {"binary": browser, "args": FLAGS + [f"--user-data-dir={profile}"]}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "acceptInsecureCerts": True, "goog:chromeOptions": options}}})
        self.base += "/session/" + made["sessionId"]

    def await_driver(self, seconds):
        end = time.monotonic() + seconds
        while True:
            try:
                if self.call("GET", "/status")["ready"]:
                    return
            except OSError:
                if time.monotonic() > end or self.driver.poll() is not None:
                    raise
            time.sleep(0.05)

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(json.load(error)["value"]["message"]) from error

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def size(self, width, height):
        """The page's own size; a headless window has no frame, but a least width that only the emulation goes below."""
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def find(self, css):
        return [each[ELEMENT] for each in self.call("POST", "/elements", {"using": "css selector", "value": css})]

    def text(self, element):
        return self.call("GET", f"/element/{element}/text")

    def click(self, element, seconds=40):
        """Clicks what leads to another page, and waits until that page has come: what is found then is of it."""
        self.run("window.left = true")
        self.call("POST", f"/element/{element}/click", {})
        end, between = time.monotonic() + seconds, None
        while True:
            try:
                if self.run("return window.left !== true && document.readyState === 'complete'"):
                    return
            except AssertionError as error:  # asked between two pages
                between = error
            if time.monotonic() > end:
                raise AssertionError(f"no other page has come within {seconds} s of a click: {between}")
            time.sleep(0.02)

    def type(self, element, text):
        self.call("POST", f"/element/{element}/value", {"text": text})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def picture(self, file):
        file.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def end(self):
        try:
            self.call("DELETE", "")
        except (OSError, AssertionError):
            pass
        self.driver.terminate()
        self.driver.wait(20)
