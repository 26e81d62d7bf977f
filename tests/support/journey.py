# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real app the way a person does: through the screen reader's interface (AT-SPI) and the keyboard.

A Desktop is an Xvfb with a session bus of its own. An App is a program on it. What a person would wait for is waited for with
a deadline; nothing sleeps and hopes, and nothing knows a coordinate.
"""

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from screen import Screen
from tap import BUILD, SOURCE

DEADLINE_S = 20.0
POLL_S = 0.03


class NotThere(Exception):
    """Something a person would see did not come in time."""


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


class Desktop:
    """A display, a session bus and a home of its own; ends what it started when left."""

    def __init__(self, width=800, height=900, locale="C.UTF-8"):
        self.folder = Path(tempfile.mkdtemp(prefix="soban-journey-"))
        self.size = f"{width}x{height}x24"
        self.processes = []
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

    def __enter__(self):
        try:
            self._start_display()
            self._start_bus()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

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
        # Atspi, in this process, finds the bus by the environment; so it is loaded only now.
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self.env["DBUS_SESSION_BUS_ADDRESS"]
        os.environ["DISPLAY"] = self.env["DISPLAY"]
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib

        self.atspi = Atspi
        self.gone = GLib.GError  # what AT-SPI raises for an object that is no more
        Atspi.init()

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


class Node:
    """An accessible object as it was when it was looked at."""

    def __init__(self, desktop, accessible):
        self.desktop = desktop
        self.accessible = accessible

    @functools.cached_property
    def name(self):
        return self.accessible.get_name() or ""

    @functools.cached_property
    def role(self):
        return self.accessible.get_role_name()

    @functools.cached_property
    def states(self):
        return self.accessible.get_state_set()

    def has(self, state):
        return self.states.contains(getattr(self.desktop.atspi.StateType, state.upper()))

    def children(self):
        count = self.accessible.get_child_count()
        return [Node(self.desktop, child) for child in map(self.accessible.get_child_at_index, range(min(count, 400))) if child]

    def walk(self, only_last=False):
        """This object and all below it that are on the screen. GTK 4.8 does not tell which page of a stack is: of the app's
        pages it is the one laid on top, the last."""
        yield self
        children = [child for child in self.children() if child.has("visible")]
        for child in children[-1:] if only_last else children:
            yield from child.walk(self.name == "SobanPageStack")

    @property
    def text(self):
        length = self.accessible.get_text_iface() and self.desktop.atspi.Text.get_character_count(self.accessible)
        return self.desktop.atspi.Text.get_text(self.accessible, 0, length) if length else ""

    def press(self):
        """Does the first action of a button, switch or row."""
        action = self.accessible.get_action_iface()
        if not action or self.desktop.atspi.Action.get_n_actions(self.accessible) == 0:
            raise NotThere(f"{self.role} {self.name!r} has no action")
        self.desktop.atspi.Action.do_action(self.accessible, 0)

    def set_text(self, text):
        """Writes into an entry, whatever the keyboard can do; Vietnamese included."""
        for node in self.walk():
            if node.accessible.get_editable_text_iface():
                self.desktop.atspi.EditableText.set_text_contents(node.accessible, text)
                return
        raise NotThere(f"{self.role} {self.name!r} holds no text that can be edited")


class App:
    """The app (or any other program with a window) on a desktop."""

    def __init__(self, desktop, *command, **env):
        self.desktop = desktop
        self.command = [str(c) for c in command]
        self.log = desktop.folder / f"app-{len(desktop.processes)}.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, env=dict(desktop.env, **env), stdout=log, stderr=log)
        desktop.processes.append(self.process)

    def root(self):
        """Its accessible object, None until it has one."""
        top = self.desktop.atspi.get_desktop(0)
        top.clear_cache()
        for index in range(top.get_child_count()):
            try:
                child = top.get_child_at_index(index)
                mine = child and child.get_process_id() == self.process.pid
            except self.desktop.gone:  # of a program that was killed; the registry has not noticed yet
                continue
            if mine:
                child.set_cache_mask(self.desktop.atspi.Cache.NONE)
                return Node(self.desktop, child)
        return None

    def look(self, see):
        """see(every object on the screen now); an empty list when one of them went away while it was looked at."""
        try:
            root = self.root()
            return see(root.walk()) if root else []
        except self.desktop.gone:
            if self.process.poll() is not None:
                raise NotThere(f"the app has ended with {self.process.returncode}: {self.log.read_text(encoding='utf-8')}") from None
            return []

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
        self.find(name, role).press()

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
        pattern = re.compile(name, re.S)
        for _ in range(presses):
            found = self.look(lambda nodes: [n for n in nodes if n.has("focused") and pattern.fullmatch(n.name) and (role is None or n.role in role.split("|"))])
            if found:
                return found[0]
            self.desktop.keys(key)
        raise NotThere(f"{key} never came to {name!r}; there are: {self.outline()}")

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
