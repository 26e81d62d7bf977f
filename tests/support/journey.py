# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real app the way a person does: through the screen reader's interface (AT-SPI) and the keyboard.

A Desktop is an Xvfb with a session bus of its own. An App is a program on it. What a person would wait for is waited for with
a deadline; nothing sleeps and hopes, and nothing knows a coordinate.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from accessible import Bus, Gone, NotThere
from screen import Screen
from tap import BUILD, SOURCE

DEADLINE_S = 30.0
TORN_S = 5  # how long a window that changes under the reader is read again
POLL_S = 0.03
VIETNAMESE = "vi_VN.UTF-8"
KEY_S = 0.5  # after which a key is thought to have moved nothing
# What GLib, GTK and the sanitizers print when a program has a fault.
COMPLAINT = re.compile(r"(WARNING|CRITICAL|ERROR) \*\*|Sanitizer|runtime error:")


def wait_for(what, get, seconds=DEADLINE_S):
    """The first true value of get(); NotThere, saying `what`, when none came in time."""
    end = time.monotonic() + seconds
    while True:
        value = get()
        if value:
            return value
        if time.monotonic() > end:
            raise NotThere(f"waited {seconds:g} s for {what}")
        time.sleep(POLL_S)


def stop(process, seconds=5):
    """Ends a process that was started here, with patience, and then without."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def make_vietnamese():
    """Debian's small systems have no Vietnamese locale: made once from the package `locales`; the folder to look in."""
    folder = BUILD / "tests" / "journeys" / "locale"
    if not (folder / VIETNAMESE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder))
        subprocess.run(["localedef", "-i", "vi_VN", "-f", "UTF-8", str(made / VIETNAMESE)], check=True, capture_output=True)
        try:
            (made / VIETNAMESE).rename(folder / VIETNAMESE)
        except OSError:  # another journey was faster
            pass
        shutil.rmtree(made)
    return folder


class Desktop:
    """A display, a session bus and a home of its own; ends what it started when left, and then fails when any program on it has
    warned of something."""

    def __init__(self, width=800, height=900, locale="C.UTF-8"):
        self.folder = Path(tempfile.mkdtemp(prefix="soban-journey-"))
        self.size = f"{width}x{height}x24"
        self.processes = []
        self.apps = []
        self.env = dict(
            os.environ,
            LC_ALL=locale,
            HOME=str(self.folder),
            XDG_DATA_HOME=str(self.folder / "data"),
            XDG_CONFIG_HOME=str(self.folder / "config"),
            XDG_CACHE_HOME=str(self.folder / "cache"),
            XDG_RUNTIME_DIR=str(self.folder),
            SOBAN_DATA_DIR=str(SOURCE / "schema"),
            SOBAN_LOCALE_DIR=str(BUILD / "po"),
            GSETTINGS_BACKEND="memory",
            ADW_DISABLE_PORTAL="1",
            GDK_BACKEND="x11",
            GTK_A11Y="atspi",
            NO_AT_BRIDGE="0",
        )
        for name in ("LANGUAGE", "LANG", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SOBAN_LANGUAGE", "G_DEBUG"):
            self.env.pop(name, None)

        if locale == VIETNAMESE:
            self.env["LOCPATH"] = str(make_vietnamese())

    def __enter__(self):
        try:
            self._start_display()
            self._start_bus()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, kind=None, *_):
        for process in reversed(self.processes):
            stop(process)
        complaints = [line for app in self.apps for line in app.complaints()]
        shutil.rmtree(self.folder, ignore_errors=True)
        if complaints and kind is None:
            raise AssertionError("the program warned:\n" + "\n".join(complaints))

    def _start_display(self):
        (self.folder / "screen").mkdir()
        read, write = os.pipe()
        self.processes.append(
            subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", self.size, "-fbdir", str(self.folder / "screen"), "-nolisten", "tcp", "-noreset"],
                pass_fds=(write,), stderr=subprocess.DEVNULL,
            )
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.env["DISPLAY"] = ":" + pipe.readline().strip()
        self.screen = Screen(self.folder / "screen")

    def _start_bus(self):
        process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.processes.append(process)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = process.stdout.readline().strip()
        self.accessible = Bus(self.env["DBUS_SESSION_BUS_ADDRESS"])

    def run(self, *command, check=True, stdin=None, **env):
        """Runs a program to its end on this desktop; its standard output."""
        done = subprocess.run(
            [str(c) for c in command], env=dict(self.env, **env), input=stdin, capture_output=True, text=True, check=False, timeout=120,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def keys(self, *keys):
        """Presses keys by their X names: "Tab", "Return", "ctrl+Return"."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text, delay_ms=12):
        """Types Latin letters and digits on the keyboard."""
        self.run("xdotool", "type", "--clearmodifiers", "--delay", str(delay_ms), text)


class App:
    """The app (or any other program with a window) on a desktop."""

    def __init__(self, desktop, *command, **env):
        self.desktop = desktop
        self.command = [str(c) for c in command]
        self.log = desktop.folder / f"app-{len(desktop.processes)}.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, env=dict(desktop.env, **env), stdout=log, stderr=log)
        desktop.processes.append(self.process)
        desktop.apps.append(self)

    def complaints(self):
        """What it printed of its own faults."""
        return [line for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines() if COMPLAINT.search(line)]

    def look(self, see):
        """see(every object on the screen now); an empty list while the program shows nothing."""
        end = time.monotonic() + TORN_S
        while True:
            try:
                name = self.desktop.accessible.find(self.process.pid)
                root = self.desktop.accessible.read(name) if name else None
                break
            except Gone:  # something was replaced while it was read: an empty look would be taken for an empty window
                root = None
                if self.process.poll() is not None or time.monotonic() > end:
                    break
        if root is None and self.process.poll() is not None:
            raise NotThere(f"the app has ended with {self.process.returncode}: {self.log.read_text(encoding='utf-8')}")
        return see(root.walk()) if root else []

    def nodes(self):
        return self.look(list)

    def _matching(self, nodes, name, role):
        pattern = re.compile(name, re.S) if name is not None else None
        return (n for n in nodes if (role is None or n.role in role.split("|")) and (pattern is None or pattern.fullmatch(n.name)))

    def find_all(self, name=None, role=None):
        """Objects whose name matches the pattern `name` from its beginning to its end, and whose role is one of `role`."""
        return self.look(lambda nodes: list(self._matching(nodes, name, role)))

    def find(self, name=None, role=None, seconds=DEADLINE_S):
        """The first of them, once it is there."""
        try:
            return wait_for(
                f"{role or 'anything'} named {name!r}", lambda: self.look(lambda nodes: next(self._matching(nodes, name, role), None)), seconds,
            )
        except NotThere as error:
            raise NotThere(f"{error}; there are: {self.outline()}") from None

    def gone(self, name=None, role=None, seconds=DEADLINE_S):
        wait_for(f"{name!r} to go", lambda: not self.find_all(name, role), seconds)

    def press(self, name, role=None):
        """Presses what is named so; of a menu button, which GTK shows as two, the one that can be pressed."""
        def act(node):
            able = (n for n in [node, *self.find_all(name, role)] if n.can_be_pressed())
            next(able, node).press()

        self._do(name, role, act)

    def press_until(self, name, role, done, patience_s=6):
        """Presses what is named so until `done`: again when nothing has come of it for a while."""
        end = time.monotonic() + DEADLINE_S
        while not done():
            if time.monotonic() > end:
                raise NotThere(f"pressing {name!r} comes to nothing; there are: {self.outline()}")
            self.press(name, role)
            again = time.monotonic() + patience_s
            while not done() and time.monotonic() < again:
                time.sleep(POLL_S)

    def _do(self, name, role, act):
        """Does something with what is named so; once more when it was replaced in the same moment."""
        def done():
            try:
                act(self.find(name, role))
                return True
            except Gone:
                return False

        wait_for(f"{name!r} to stay", done)

    def focused(self):
        return self.look(lambda nodes: [n for n in nodes if n.has("focused")])

    def take_focus(self):
        """Gives the window the keyboard; there is no window manager to do it."""
        def focus():
            found = self.desktop.run("xdotool", "search", "--onlyvisible", "--pid", self.process.pid, check=False).split()
            return found and subprocess.run(["xdotool", "windowfocus", found[-1]], env=self.desktop.env, capture_output=True, check=False).returncode == 0

        wait_for("the window", focus)

    def tab_to(self, name, role=None, presses=80, key="Tab"):
        """Tab (or another key) until the keyboard is at what is named so, as a person without a mouse does."""
        for _ in range(presses):
            focused = self.focused()
            found = next(self._matching(focused, name, role), None)
            if found:
                return found
            self.desktop.keys(key)
            self._wait_for_focus_to_leave({node.path for node in focused})
        raise NotThere(f"{key} never came to {name!r}; there are: {self.outline()}")

    def _wait_for_focus_to_leave(self, paths):
        """A key that moves nothing is no fault: at the end of a list, for one."""
        try:
            wait_for("the keyboard to go elsewhere", lambda: {node.path for node in self.focused()} - paths, KEY_S)
        except NotThere:
            pass

    def outline(self):
        """What a screen reader would find, for the report of a failure."""
        dull = ("filler", "image", "panel", "scroll bar", "table cell", "application")
        return "; ".join(self.look(lambda nodes: [f"{n.role} {n.name!r}" for n in nodes if n.name and n.role not in dull]))

    def save_picture(self, path):
        self.desktop.screen.save(path)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def quit(self):
        stop(self.process)
        return self.process.returncode
