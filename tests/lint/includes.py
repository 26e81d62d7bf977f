# SPDX-License-Identifier: GPL-3.0-or-later
"""The dependency law: which layer may include what (README, "Who may include whom"). Reads every #include and fails on a breach."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from tap import SOURCE, Tap, relative, source_files  # noqa: E402

# Which library an <include> belongs to; a header of none of them is the C library's.
LIBRARIES = {
    "gio": re.compile(r"gio/|glib/gstdio\.h"),
    "glib": re.compile(r"glib|gobject/|gmodule"),
    "gtk": re.compile(r"gtk/|gdk/|gsk/|pango/|cairo|graphene|adwaita|gdk-pixbuf"),
    "sqlite": re.compile(r"sqlite3"),
    "curl": re.compile(r"curl/"),
    "soup": re.compile(r"libsoup/"),
    "libxml": re.compile(r"libxml/"),
    "sodium": re.compile(r"sodium"),
    "gnutls": re.compile(r"gnutls/"),
    "zlib": re.compile(r"zlib"),
    "json": re.compile(r"json-glib/"),
    "postgresql": re.compile(r"libpq"),
    "xlsx": re.compile(r"xlsxwriter"),
    "xxhash": re.compile(r"xxhash"),
}

# layer -> (layers or single headers it may include beside its own, libraries it may include)
LAW = {
    "schema/base": ((), ("glib", "gio")),
    "schema/form": (("schema/base",), ("glib", "libxml", "json", "sodium")),
    "schema/log": (("schema/base",), ("glib", "xxhash")),
    "schema/store": (("schema/base", "schema/form", "schema/log"), ("glib", "gio", "sqlite", "sodium")),
    "schema/tools": (("schema/form", "schema/base"), ("glib", "json")),
    "sync/protocol": (("schema/base", "schema/log"), ("glib", "zlib", "sodium")),
    "sync/client": (("sync/protocol", "schema/store", "schema/base"), ("glib", "gio", "curl")),
    "sync/collector": (
        ("sync/protocol", "schema/log", "schema/form", "schema/base"),
        ("glib", "gio", "soup", "sqlite", "libxml", "sodium", "gnutls", "zlib", "json", "postgresql", "xlsx"),
    ),
    "sync/tools": (
        ("sync/client", "sync/protocol", "schema/store", "schema/log", "schema/form", "schema/base"),
        ("glib", "gio", "json"),
    ),
    "app": (
        ("schema/store", "schema/form", "schema/base", "sync/client/session.h", "sync/client/scheduler.h"),
        ("glib", "gio", "gtk", "xlsx"),
    ),
}

# form, log and protocol are pure: clock, disk and randomness come in through interfaces.
PURE = ("schema/form", "schema/log", "sync/protocol")
IMPURE_CALL = re.compile(
    r"\b(g_get_real_time|g_get_monotonic_time|g_date_time_new_now\w*|clock_gettime|gettimeofday|time|g_random_\w+|random|rand"
    r"|g_uuid_string_random|fopen|open|g_file_(?:get|set)_contents\w*|g_mapped_file_new|xmlReadFile|xmlParseFile|g_getenv"
    r"|getenv) \("
)
# It reads the folder of built-in forms, which is its purpose; the forms themselves come to it as bytes.
READS_ITS_FOLDER = ("schema/form/form-library.c",)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.M)


def layer_of(path):
    """The layer a path of the project belongs to, None for files without one (config.h, tests)."""
    for layer in sorted(LAW, key=len, reverse=True):
        if path == layer or path.startswith(layer + "/"):
            return layer
    return None


def library_of(header):
    return next((name for name, pattern in LIBRARIES.items() if pattern.match(header)), None)


def resolve(header, includer, exists):
    """The project path that a quoted include means, tried in the order in which the compiler looks."""
    for folder in (Path(includer).parent.as_posix(), "schema", "sync", "app", "."):
        path = Path(folder, header).as_posix()
        if exists(path):
            return path
    return None


def breaches(path, text, exists):
    """Sentences about what the file `path` (of the project) with the contents `text` may not do."""
    layer = layer_of(path)
    if layer is None:
        return []
    layers, libraries = LAW[layer]
    found = []
    for quoted, angled in INCLUDE.findall(text):
        if angled:
            library = library_of(angled)
            if library and library not in libraries:
                found.append(f"{path}: {layer} may not include <{angled}>")
            continue
        target = resolve(quoted, path, exists)
        if target is None or layer_of(target) in (None, layer):
            continue
        if layer_of(target) not in layers and target not in layers:
            found.append(f'{path}: {layer} may not include "{quoted}"')
    if layer in PURE and path not in READS_ITS_FOLDER:
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
        found += [f"{path}: {layer} is pure and may not call {call}()" for call in IMPURE_CALL.findall(code)]
    return found


def test_itself(tap):
    """A lint that finds nothing proves nothing: each kind of breach must be found, and lawful code left alone."""
    def known(path):
        return path in ("sync/client/session.h", "sync/client/transport.h", "schema/log/change.h", "app/entry/page.h")

    for path, text, lawful in (
        ("app/main.c", "#include <sqlite3.h>\n", False),
        ("app/main.c", '#include "client/transport.h"\n', False),
        ("app/main.c", '#include "client/session.h"\n#include <adwaita.h>\n#include "entry/page.h"\n', True),
        ("schema/form/form.c", '#include "log/change.h"\n', False),
        ("schema/log/change.c", "#include <gio/gio.h>\n", False),
        ("schema/log/change.c", "void f (void)\n{\n  g_get_real_time ();\n}\n", False),
        ("schema/log/change.c", "/* not g_get_real_time () */\n#include <glib.h>\n#include <string.h>\n", True),
        ("sync/protocol/frame.c", "#include <curl/curl.h>\n", False),
        ("sync/collector/main.c", '#include "client/session.h"\n', False),
    ):
        found = breaches(path, text, known)
        tap.check(bool(found) != lawful, f"self-test: {path} with {text.splitlines()[0]} is {'lawful' if lawful else 'found'}", found)


def main():
    tap = Tap()
    test_itself(tap)
    for layer in LAW:
        found = []
        for path in source_files(".c", ".h", under=(layer,)):
            text = path.read_text(encoding="utf-8")
            found += breaches(relative(path), text, lambda p: (SOURCE / p).is_file())
        tap.check(not found, f"{layer} includes only what it may", found)
    tap.done()


main()
