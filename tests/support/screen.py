# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of what an Xvfb shows, read from the frame buffer that `Xvfb -fbdir FOLDER` keeps there (X11's XWD format).

    screen.py FOLDER PICTURE.png [SECONDS]

waits until something is drawn and stays as it is, at most SECONDS (20), and saves it.
"""

import mmap
import struct
import sys
import time
import zlib
from pathlib import Path

SETTLED_S = 0.35  # less than a text cursor stays as it is


class Screen:
    def __init__(self, folder):
        self.file = Path(folder) / "Xvfb_screen0"
        self.map = None

    def pixels(self):
        """(width, height, rows of RGB bytes)"""
        data = self.file.read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, width, height, bits, line, colours = head[0], head[4], head[5], head[11], head[12], head[19]
        if bits != 32:
            raise ValueError(f"the screen has {bits} bits a pixel; start Xvfb with a depth of 24")
        start = size + colours * 12
        little = head[7] == 0
        rows = []
        for y in range(height):
            row = data[start + y * line:start + y * line + width * 4]
            rgb = bytearray(width * 3)
            rgb[0::3], rgb[1::3], rgb[2::3] = (row[2::4], row[1::4], row[0::4]) if little else (row[1::4], row[2::4], row[3::4])
            rows.append(bytes(rgb))
        return width, height, rows

    def is_drawn(self):
        """Whether more than a plain ground is to be seen."""
        _, _, rows = self.pixels()
        return len(set(rows)) > len(rows) // 20

    def glance(self):
        """Whether anything is drawn in the middle of the screen; cheap enough to be asked every half millisecond."""
        if self.map is None:
            with open(self.file, "rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            head = struct.unpack(">25I", self.map[:100])
            self.spot = head[0] + head[19] * 12 + head[12] * (head[5] // 2) + head[4] // 2 * 4
        return any(self.map[self.spot:self.spot + 3])

    def wait_until_still(self, end):
        """When the picture last changed, once it has not changed for a second; `end` when that never came."""
        last, since = None, time.monotonic()
        while time.monotonic() < end:
            now = zlib.crc32(self.file.read_bytes())
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > 1:
                return since
            time.sleep(0.005)
        return end

    def save(self, path):
        width, height, rows = self.pixels()

        def chunk(kind, body):
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        image = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", image) + chunk(b"IEND", b""))

    def wait_until_settled(self, seconds):
        """Until something is drawn and has not changed for SETTLED_S; False when that never came."""
        end = time.monotonic() + seconds
        last, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self.file.read_bytes() if self.file.exists() else None
            if now != last:
                last, since = now, time.monotonic()
            elif now and time.monotonic() - since >= SETTLED_S and self.is_drawn():
                return True
            time.sleep(0.05)
        return False


def main():
    screen = Screen(sys.argv[1])
    if not screen.wait_until_settled(float(sys.argv[3]) if len(sys.argv) > 3 else 20):
        sys.exit("nothing was drawn on the screen")
    screen.save(sys.argv[2])


if __name__ == "__main__":
    main()
