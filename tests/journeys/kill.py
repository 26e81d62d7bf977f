# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the app in the middle of typing, 50 times: at most the last two seconds are missing, and nothing else."""

import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from collector import Collector  # noqa: E402
from journey import Desktop, NotThere  # noqa: E402
from tablet import Tablet, enrol, pattern, show_store, vi  # noqa: E402
from tap import Tap  # noqa: E402

ROUNDS = 50
AUTOSAVE_S = 2.0  # SOBAN_AUTOSAVE_DELAY_MS_MAX
# From the key press to the app, and from the timer to the disk, on a busy machine.
SLACK_S = 0.75
FIELD = "village_new"
LETTERS_PER_S = 15
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def open_field(app, first):
    """Comes to the text field, by the form at first, by the draft later, and puts the keyboard into it."""
    if first:
        app.press(pattern(vi("Communication session"), ", .*"), "push button")
        app.press_text("Today", "")
        app.choose(vi("Village"), "", vi("Another village, not in the list"))
    else:
        app.press(pattern(vi("Communication session"), "(?!, ).*"), "push button|list item")
        app.page(vi("When and where"))
    app.take_focus()
    app.tab_to(pattern(vi("Name of the village (if not listed)"), ""), "text|entry", key="shift+Tab")
    app.desktop.keys("End")


def type_until_killed(app, seconds, random_letters):
    """Types letter after letter for so long, and kills the app. [(moment, letter)], and the moment of the kill."""
    typed = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        letter = random_letters.choice(LETTERS)
        app.desktop.type(letter, 0)
        typed.append((time.monotonic(), letter))
        time.sleep(1 / LETTERS_PER_S)
    killed = time.monotonic()
    app.kill()
    return typed, killed


def judge(before, typed, killed, drafts, faults):
    """What is wrong with the store after a kill: sentences."""
    wrong = list(faults)
    if len(drafts) != 1:
        return wrong + [f"{len(drafts)} drafts instead of one"]
    kept = next(iter(drafts.values())).get(FIELD, "")
    written = before + "".join(letter for _, letter in typed)
    must = before + "".join(letter for moment, letter in typed if moment <= killed - AUTOSAVE_S - SLACK_S)
    if not written.startswith(kept):
        wrong.append(f"something else was kept than was written: {kept[-40:]!r} of {written[-40:]!r}")
    if not kept.startswith(must):
        late = sum(moment <= killed - AUTOSAVE_S - SLACK_S for moment, _ in typed) - (len(kept) - len(before))
        wrong.append(f"{late} letters are missing that were typed more than {AUTOSAVE_S + SLACK_S:g} s before the kill")
    return wrong


def main():
    seed = int(os.environ.get("SOBAN_TEST_SEED", random.randrange(1 << 32)))
    dice = random.Random(seed)
    tap = Tap()
    tap.note(f"SOBAN_TEST_SEED={seed}")
    text, written, unclean = "", 0, []
    with Desktop(600, 900) as desktop:
        store = desktop.folder / "soban.db"
        enrol(desktop, Collector(desktop.folder).init(), store, "Máy bản", "03388")
        for number in range(1, ROUNDS + 1):
            app = Tablet(desktop, store)
            try:
                open_field(app, number == 1)
            except NotThere as error:
                tap.check(False, f"round {number} comes to the field", str(error))
                app.kill()
                break
            # Some kills fall before the next save, some between saves; before the first there would be no draft to come back to.
            seconds = dice.uniform(0.1, 3) if text else AUTOSAVE_S + 2 * SLACK_S
            typed, killed = type_until_killed(app, seconds, dice)
            drafts, _, faults = show_store(store)
            wrong = judge(text, typed, killed, drafts, faults)
            unclean += [f"round {number}: {sentence}" for sentence in wrong]
            text = next(iter(drafts.values()), {}).get(FIELD, "")
            written += len(typed)
        else:
            tap.check(True, f"{ROUNDS} times the app was killed while typing, and opened again")
        tap.check(not unclean, "at most the last two seconds were missing, nothing else, and the store was sound", unclean)
        tap.check(len(text) > ROUNDS, "what was typed went on growing over the kills", [f"{len(text)} letters"])
        tap.note(f"{written} letters typed, {len(text)} kept")
    tap.done()


main()
