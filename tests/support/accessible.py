# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader sees of a program (AT-SPI), and what it can do there. A whole window is read in one call, as it stands at
one moment (org.a11y.atspi.Cache): asking object by object takes a second on a page with many answers."""

import functools

# Places of the bits, as AT-SPI numbers its states.
STATES = {"checked": 4, "editable": 7, "expanded": 10, "focused": 12, "pressed": 20, "sensitive": 24, "visible": 30}
PREFIX = "org.a11y.atspi."
BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
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
        """Name on the bus of the program, None while it has none."""
        for name in self.call(*BUS, "ListNames"):
            if not name.startswith(":"):
                continue
            try:
                if name not in self.owners:
                    self.owners[name] = self.call(*BUS, "GetConnectionUnixProcessID", "(s)", name)
            except Gone:
                continue
            if self.owners[name] == pid:
                return name
        return None

    def read(self, name):
        """Its uppermost object, with all below it. An object is in the program's cache once somebody asked for it: what is new is
        asked for by its parent."""
        asked = set()
        while True:
            root = self._read_cache(name)
            new = [node for node in root.walk() if node.count > len(node.children) and node.path not in asked] if root else []
            if not new:
                return root
            for node in new:
                asked.add(node.path)
                self.call(name, node.path, PREFIX + "Accessible", "GetChildren")

    def _read_cache(self, name):
        nodes, below = {}, {}
        for item in self.call(name, "/org/a11y/atspi/cache", PREFIX + "Cache", "GetItems"):
            node = Node(self, item)
            nodes[node.path] = node
            below.setdefault(item[2][1], []).append((item[3], node))
        for path, children in below.items():
            if path in nodes:
                nodes[path].children = [node for _, node in sorted(children, key=lambda pair: pair[0])]
        return nodes.get("/org/a11y/atspi/accessible/root")


class Node:
    """An object as it was when it was looked at."""

    def __init__(self, bus, item):
        (self.owner, self.path), _, _, _, self.count, self.interfaces, self.name, self.role_number, _, self.bits = item
        self.bus = bus
        self.children = []

    @functools.cached_property
    def role(self):
        return self.bus.atspi.role_get_name(self.bus.atspi.Role(self.role_number))

    def has(self, state):
        bit = STATES[state]
        return bool(self.bits[bit // 32] >> bit % 32 & 1)

    def walk(self, only_last=False):
        """This object and all below it that are on the screen. GTK 4.8 does not tell which page of a stack is: of the app's
        pages it is the one laid on top, the last."""
        yield self
        seen = [child for child in self.children if child.has("visible")]
        for child in seen[-1:] if only_last else seen:
            yield from child.walk(self.name == "SobanPageStack")

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

    def press(self):
        """Does the first action of a button, switch or row."""
        if not self.can("Action") or self._get("Action", "NActions") == 0:
            raise NotThere(f"{self.role} {self.name!r} has no action")
        self._call("Action", "DoAction", "(i)", 0)

    def set_text(self, text):
        """Writes into an entry, whatever the keyboard can do; Vietnamese included."""
        for node in self.walk():
            if node.can("EditableText"):
                node._call("EditableText", "SetTextContents", "(s)", text)
                return
        raise NotThere(f"{self.role} {self.name!r} holds no text that can be edited")

