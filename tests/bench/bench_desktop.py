# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of windows share: a display of its own, drawing with cairo and GL off, memory as the kernel counts it,
figures beside their targets."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from journey import Desktop, stop, wait_for  # noqa: E402

WIDTH, HEIGHT = 900, 640
CAIRO = {"GSK_RENDERER": "cairo", "GDK_DEBUG": "gl-disable", "GTK_A11Y": "none"}
LAUNCH_S_MAX = 60


class BenchDesktop(Desktop):
    """A display on which nothing but what is measured runs; programs get no screen reader to talk to."""

    def __init__(self):
        super().__init__(WIDTH, HEIGHT)

    def start(self, command, **options):
        env = self.env | CAIRO | options.pop("env", {})
        return subprocess.Popen([str(part) for part in command], env=env, stderr=subprocess.DEVNULL, **options)

    def wait_until_empty(self):
        wait_for("an empty screen", lambda: not self.screen.glance())

    def wait_for_pixel(self, process, start):
        """When the first pixel of a window came."""
        while not self.screen.glance():
            if process.poll() is not None or time.monotonic() > start + LAUNCH_S_MAX:
                sys.exit(f"{process.args[0]} showed no window")
            time.sleep(0.0005)
        return time.monotonic()

    def keep_open(self, floor):
        """An empty window that stands open to the end, so that GTK's own code is shared memory whatever else runs on the machine."""
        self.processes.append(self.start([floor], stdout=subprocess.DEVNULL))
        wait_for("the other window", self.screen.glance)

    def take_copy(self, store):
        copy = self.folder / "soban.db"
        shutil.copyfile(store, copy)
        return copy


def read_kib(pid, *names):
    """Sum of the lines of the kernel's account of a process that begin so; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.split(":")[0] in names)


def private_mib(pid):
    return read_kib(pid, "Private_Clean", "Private_Dirty", "Private_Hugetlb") / 1024


def find_tree(pid):
    """The process and all it has started, and what those have."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        parents.setdefault(int(text.rsplit(")", 1)[1].split()[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def pss_mib(pid):
    """What it and all its processes hold, shared pages counted in parts."""
    return sum(read_kib(one, "Pss") for one in find_tree(pid)) / 1024


def report(name, value, unit, target=None):
    """Prints a figure, beside its target where it has one; whether that is met."""
    met = target is None or value <= target
    beside = "" if target is None else f"   target {target:g} {unit}   {'met' if met else 'MISSED'}"
    print(f"{name:<58} {value:8.2f} {unit}{beside}", flush=True)
    return met


def report_load():
    print(f"{'load of the machine':<58} {os.getloadavg()[0]:8.2f}", flush=True)


def read_figures(process):
    """{name: value} of the lines `name value` that a program prints to its end."""
    figures = {}
    for line in process.stdout:
        found = re.fullmatch(r"(.+) ([-0-9.]+)", line.strip())
        if found:
            figures[found[1]] = float(found[2])
    if process.wait() != 0:
        sys.exit(f"{process.args[0]} ended with {process.returncode}")
    return figures


__all__ = ["HEIGHT", "WIDTH", "BenchDesktop", "find_tree", "private_mib", "pss_mib", "read_figures", "report", "report_load", "stop", "wait_for"]
