# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as it lies in a file: opened by programs that are not ours, or by hand."""

import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile

from journey import NotThere, wait_for

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _read_whole(path, read):
    """What read() gives once the file is whole; it is still being written at first."""
    def attempt():
        try:
            return read()
        except (zipfile.BadZipFile, KeyError, ET.ParseError, EOFError, NotThere):
            return None

    return wait_for(f"{path.name} to be whole", attempt)


class Pdf:
    def __init__(self, path):
        self.path = path
        self.text = _read_whole(path, self._read)

    def _read(self):
        done = subprocess.run(["pdftotext", "-layout", str(self.path), "-"], capture_output=True, text=True, check=False)
        if done.returncode != 0 or not done.stdout.strip():
            raise NotThere(done.stderr)
        return done.stdout

    def info(self):
        """What pdfinfo says: {name: text}"""
        told = subprocess.run(["pdfinfo", str(self.path)], capture_output=True, text=True, check=True).stdout
        return dict(re.split(r":\s*", line, maxsplit=1) for line in told.splitlines() if ":" in line)

    def ink(self):
        """How much of each page is dark, from 0 to 1: a page that draws nothing shows it."""
        pages = []
        for number in range(1, int(self.info()["Pages"]) + 1):
            page = subprocess.run(
                ["pdftoppm", "-r", "40", "-gray", "-f", str(number), "-l", str(number), str(self.path)], capture_output=True, check=True,
            ).stdout
            pixels = page.split(b"\n", 3)[3]
            pages.append(sum(1 for pixel in pixels if pixel < 128) / len(pixels))
        return pages

    def number(self, label):
        """The number written in the row of this label, which may go on in the next line."""
        words = label.split()
        for count in range(len(words), 1, -1):
            start = r"\s+".join(map(re.escape, words[:count]))
            found = re.search(rf"^\s*{start}.*?\s{{2,}}(?:\S+ )*\S*\s*?([\d.<]+)(?:\s+\S*/\S*)?$", self.text, re.M)
            if found:
                return found.group(1)
        return None


class Workbook:
    """An .xlsx: `sheets`, each the rows of texts and numbers; `rows` are those of the first."""

    def __init__(self, path):
        self.sheets = _read_whole(path, lambda: self._read(path))
        self.rows = self.sheets[0]

    @staticmethod
    def _read(path):
        with zipfile.ZipFile(path) as book:
            if book.testzip():
                raise zipfile.BadZipFile
            strings = ["".join(t.text or "" for t in item.iter(SHEET + "t")) for item in ET.fromstring(book.read("xl/sharedStrings.xml"))]
            names = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d\.xml", name))
            return [Workbook._read_sheet(ET.fromstring(book.read(name)), strings) for name in names]

    @staticmethod
    def _read_sheet(sheet, strings):
        rows = []
        for row in sheet.iter(SHEET + "row"):
            cells = {}
            for cell in row:
                value = cell.find(SHEET + "v")
                if value is not None:
                    column = re.match(r"[A-Z]+", cell.get("r")).group()
                    cells[column] = strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
            rows.append(cells)
        return rows

    def division(self, sheet, label, total):
        """Of a sheet by village or team: the sum of this label's parts, and what its row named `total` says."""
        rows = [row for row in self.sheets[sheet] if row.get("A") == label]
        return sum(row["D"] for row in rows if row["B"] != total), next((row["D"] for row in rows if row["B"] == total), None)

    def texts(self):
        return [cell for row in self.rows for cell in row.values() if isinstance(cell, str)]

    def row(self, label):
        """The cells of the row that begins with this label: {"A": …}"""
        return next((row for row in self.rows if row.get("A") == label), {})
