# SPDX-License-Identifier: GPL-3.0-or-later
"""Offers the text of a file on the clipboard until it is ended: clipboard.py FILE. Says "ready" once it does."""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

Gtk.init()
content = GLib.Bytes.new(Path(sys.argv[1]).read_bytes())
clipboard = Gdk.Display.get_default().get_clipboard()
clipboard.set_content(Gdk.ContentProvider.new_for_bytes("text/plain;charset=utf-8", content))
print("ready", flush=True)
GLib.MainLoop().run()
