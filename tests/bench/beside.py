# SPDX-License-Identifier: GPL-3.0-or-later
"""The app beside what people would use instead, each measured in the same way in this run: time from the start of the program until twenty
questions can be answered, memory of all its processes then, and how long a key takes to be seen, in the app while it saves.

    beside.py DRIVE_APP FLOOR STORE KEY_TO_PIXEL

Beside it: an empty AdwApplicationWindow (FLOOR), gnome-text-editor with cairo and with GL in software, and Chromium with @getodk/web-forms;
what is not installed is left out and said so. The app's store has 100,000 records. Prints each figure beside its target.
"""

import shutil
import statistics
import subprocess
import sys
import time

from bench_desktop import HEIGHT, WIDTH, BenchDesktop, find_tree, pss_mib, read_figures, report, report_load, stop, wait_for
from web_form import WebForm, find_browser

FORM = "twenty_questions"
ROUNDS = 5
KEYS = 120
SETTLE_S = 2
KEY_MS_MAX = 9
TIME_SHARE_MAX = 1 / 5
MEMORY_SHARE_MAX = 1 / 8
SOFTWARE_GL = {"GSK_RENDERER": "gl", "GDK_DEBUG": "", "LIBGL_ALWAYS_SOFTWARE": "1"}


class Window:
    """A program that shows a window; what it shows at first is what is waited for."""

    def __init__(self, desktop, name, command, env=None, typed=True):
        self.desktop, self.name, self.command, self.env, self.typed = desktop, name, command, env or {}, typed

    def start(self):
        return self.desktop.start(self.command, env=self.env, stdout=subprocess.DEVNULL, start_new_session=True)

    def wait(self, process, start):
        return self.desktop.wait_for_pixel(process, start)


class App(Window):
    """The app, tapped through to the form at once; it says when the frame with the questions is on the display."""

    def start(self):
        return self.desktop.start(self.command, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def wait(self, process, start):
        if not process.stdout.readline().startswith("shown"):
            sys.exit("the app showed no form")
        return time.monotonic()


class Browser(Window):
    """Chromium with the page, which says when a frame with the questions has been made."""

    def __init__(self, desktop, browser):
        self.page = WebForm(desktop.folder).build()
        command = self.page.command(browser, desktop.folder / "profile", self.page.serve(), WIDTH, HEIGHT)
        super().__init__(desktop, "Chromium with web-forms", command)

    def start(self):
        self.page.shown.clear()
        return super().start()

    def wait(self, process, start):
        if not self.page.shown.wait(60):
            sys.exit("the page showed no form")
        return self.page.shown_at


def press_keys(desktop, process, key_to_pixel):
    def focus():
        for pid in find_tree(process.pid):
            found = desktop.run("xdotool", "search", "--onlyvisible", "--pid", pid, check=False).split()
            if found:
                return subprocess.run(["xdotool", "windowfocus", found[-1]], env=desktop.env, capture_output=True, check=False).returncode == 0
        return False

    wait_for("the window", focus)
    return read_figures(desktop.start([key_to_pixel, desktop.folder / "screen" / "Xvfb_screen0", KEYS], stdout=subprocess.PIPE, text=True))


def end(process):
    for pid in reversed(find_tree(process.pid)[1:]):
        subprocess.run(["kill", str(pid)], capture_output=True, check=False)
    stop(process)
    if process.stdout:
        process.stdout.close()


def measure(desktop, window, key_to_pixel):
    """(ms until it can be used, MiB of all its processes, figures of keys or None)"""
    times, memory, keys = [], 0, None
    for at in range(-1, ROUNDS):
        desktop.wait_until_empty()
        start = time.monotonic()
        process = window.start()
        try:
            shown = window.wait(process, start)
            if at >= 0:
                times.append((shown - start) * 1000)
            if at == ROUNDS - 1:
                time.sleep(SETTLE_S)
                memory = pss_mib(process.pid)
                keys = press_keys(desktop, process, key_to_pixel) if window.typed else None
        finally:
            end(process)
    return statistics.median(times), memory, keys


def list_windows(desktop, drive_app, floor, store):
    yield App(desktop, "the app", [drive_app, desktop.take_copy(store), "show", FORM])
    yield Window(desktop, "empty window", [floor], typed=False)
    if shutil.which("gnome-text-editor"):
        command = ["gnome-text-editor", "--standalone", "--new-window"]
        yield Window(desktop, "gnome-text-editor, cairo", command)
        yield Window(desktop, "gnome-text-editor, GL in software", command, SOFTWARE_GL)
    else:
        print("gnome-text-editor: not installed, left out")
    browser = find_browser()
    if browser:
        yield Browser(desktop, browser)
    else:
        print("Chromium with web-forms: chromium, node or npm is not installed, left out")


def main():
    drive_app, floor, store, key_to_pixel = sys.argv[1:5]
    report_load()
    figures = {}
    with BenchDesktop() as desktop:
        for window in list_windows(desktop, drive_app, floor, store):
            figures[window.name] = first, memory, keys = measure(desktop, window, key_to_pixel)
            report(f"{window.name}: until it can be used", first, "ms")
            report(f"{window.name}: memory (PSS)", memory, "MiB")
            if keys:
                report(f"{window.name}: key to pixel, median", keys["median"], "ms", KEY_MS_MAX if window.name == "the app" else None)
                report(f"{window.name}: key to pixel, 95 of 100 below", keys["slow"], "ms")
    ours, theirs = figures["the app"], figures.get("Chromium with web-forms")
    met = ours[2]["median"] <= KEY_MS_MAX
    if theirs:
        met &= report("time, the app against Chromium", ours[0] / theirs[0], "x", TIME_SHARE_MAX)
        met &= report("memory, the app against Chromium", ours[1] / theirs[1], "x", MEMORY_SHARE_MAX)
    report_load()
    sys.exit(0 if met else 1)


main()
