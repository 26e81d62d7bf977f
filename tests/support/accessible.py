# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees of a program (AT-SPI), and what it can do there. Names, roles and states of a whole window are
read in one call (org.a11y.atspi.Cache): asking object by object takes a second on a page with many answers."""

import functools

# Places of the bits, as AT-SPI numbers its states.
STATES = {"checked": 4, "editable": 7, "expanded": 10, "focused": 12, "pressed": 20, "sensitive": 24, "visible": 30}
PREFIX = "org.a11y.atspi."
ROOT = "/org/a11y/atspi/accessible/root"
BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
REGISTRY = ("org.a11y.atspi.Registry", ROOT)
CALL_MS = 20000


class NotThere(Exception):
    """Something a person would see, or could do, is not there."""


class Gone(Exception):
    """The object, or its program, is no more."""


class Bus:
    """The bus on which programs show themselves to screen readers."""

    def __init__(self, session_address):
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, Gio, GLib

        self.atspi, self.gio, self.glib = Atspi, Gio, GLib
        session = self._connect(session_address)
        self.connection = session
        address = self.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        self.connection = self._connect(address)
        session.close_sync(None)
        self.owners = {}
        self.seen = {}  # path -> the object when it was last looked at
        self.stacks = set()  # paths of stacks of which only the last page is seen
        self.leaves = {int(role) for role in (Atspi.Role.LABEL, Atspi.Role.IMAGE, Atspi.Role.SCROLL_BAR)}

    def _connect(self, address):
        flags = self.gio.DBusConnectionFlags
        return self.gio.DBusConnection.new_for_address_sync(address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, name, path, interface, method, kinds=None, *arguments):
        """The only result of a method, or a tuple of them."""
        try:
            packed = self.glib.Variant(kinds, arguments) if kinds else None
            result = self.connection.call_sync(name, path, interface, method, packed, None, self.gio.DBusCallFlags.NONE, CALL_MS, None).unpack()
        except self.glib.GError as error:
            raise Gone(error.message) from None
        return result[0] if len(result) == 1 else result

    def find(self, pid):
        """Name on the bus of the program, None while it is not registered: asked before, GTK 4.8 warns."""
        for name, _ in self.call(*REGISTRY, PREFIX + "Accessible", "GetChildren"):
            try:
                if name not in self.owners:
                    self.owners[name] = self.call(*BUS, "GetConnectionUnixProcessID", "(s)", name)
            except Gone:  # of a program that was killed; the registry has not noticed yet
                continue
            if self.owners[name] == pid:
                return name
        return None

    def read(self, name):
        """Its uppermost object, with all below it that is on the screen. What is below an object, the object is asked: GTK's cache
        goes on holding what was hidden. All else comes from the cache in one call, which knows what somebody asked for."""
        below = {}
        todo = [ROOT]
        while todo:
            path = todo.pop()
            if path in below or (path in self.seen and self.seen[path].role_number in self.leaves):
                continue
            children = [child for _, child in self.call(name, path, PREFIX + "Accessible", "GetChildren")]
            # GTK 4.8 does not tell which page of a stack is on the screen: of the app's pages it is the one laid on top, the last.
            below[path] = children[-1:] if path in self.stacks else children
            todo += below[path]
        items = self.call(name, "/org/a11y/atspi/cache", PREFIX + "Cache", "GetItems")
        self.seen = {node.path: node for node in (Node(self, item) for item in items)}
        for path, node in self.seen.items():
            node.children = [self.seen[child] for child in below.get(path, ()) if child in self.seen and self.seen[child].has("visible")]
            if node.name == "SobanPageStack":
                self.stacks |= {child.path for child in node.children}
        for path in self.stacks & self.seen.keys():
            self.seen[path].children = self.seen[path].children[-1:]
        return self.seen.get(ROOT)


class Node:
    """An object as it was when it was looked at."""

    def __init__(self, bus, item):
        (self.owner, self.path), _, _, _, _, self.interfaces, self.name, self.role_number, _, self.bits = item
        self.bus = bus
        self.children = []

    @functools.cached_property
    def role(self):
        return self.bus.atspi.role_get_name(self.bus.atspi.Role(self.role_number))

    def has(self, state):
        bit = STATES[state]
        return bool(self.bits[bit // 32] >> bit % 32 & 1)

    def walk(self):
        """This object and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def can(self, interface):
        return PREFIX + interface in self.interfaces

    def _call(self, interface, method, kinds=None, *arguments):
        return self.bus.call(self.owner, self.path, PREFIX + interface, method, kinds, *arguments)

    def _get(self, interface, name):
        return self.bus.call(self.owner, self.path, "org.freedesktop.DBus.Properties", "Get", "(ss)", PREFIX + interface, name)

    @property
    def text(self):
        if not self.can("Text"):
            return ""
        return self._call("Text", "GetText", "(ii)", 0, self._get("Text", "CharacterCount"))

    def can_be_pressed(self):
        return self.can("Action") and self._get("Action", "NActions") > 0

    def press(self):
        """Does the first action of a button, switch or row."""
        if not self.can_be_pressed():
            raise NotThere(f"{self.role} {self.name!r} has no action")
        if not self._call("Action", "DoAction", "(i)", 0):
            raise Gone(f"{self.role} {self.name!r} does nothing any more")

    def set_text(self, text):
        """Writes into an entry, whatever the keyboard can do; Vietnamese included."""
        for node in self.walk():
            if node.can("EditableText"):
                node._call("EditableText", "SetTextContents", "(s)", text)
                return
        raise NotThere(f"{self.role} {self.name!r} holds no text that can be edited")

