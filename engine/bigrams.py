"""Chinese has no spaces between words: what is searched is cut into every two characters.

Both sides are folded first, so that 〔2023〕１０号, [2023]10号 and 2023 10号 are found alike: full
width becomes half width, capitals small, 〇 is written in one way, signs and spaces do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

LONGEST_TEXT = 20_000  # characters of a file that are searched
LONGEST_WORD, MOST_WORDS = 64, 8
MOST_GRAMS = 12  # of a query that are looked up; the text itself is compared after that
APART = re.compile(r"[\s,，、;；]+")
ZEROS = str.maketrans({"○": "〇", "零": "〇"})  # 二○二六, 二零二六
AROUND = 24  # characters before a hit that are shown with it
SHOWN = 110
SIGNS = r"[\W_]*"
WIDE = 0xFEE0  # how far the full width of a sign stands from it


def fold(text: str) -> str:
    """The letters, digits and characters of a text, each written in one way."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(ZEROS)
    return "".join(each for each in plain if each.isalnum())


def grams(folded: str) -> frozenset[str]:
    """Every character and every two that stand side by side."""
    return frozenset(folded) | frozenset(map("".join, pairwise(folded)))


def words(asked: str) -> tuple[str, ...]:
    """What is asked for, folded, each word once; empty when nothing in it can be searched."""
    found = (fold(each)[:LONGEST_WORD] for each in APART.split(asked))
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_WORDS]


def wanted(asked: Sequence[str]) -> tuple[str, ...]:
    """The grams to look up for these words: of a long one some, spread over it."""
    share = max(1, MOST_GRAMS // max(1, len(asked)))
    return tuple(dict.fromkeys(gram for word in asked for gram in _spread(word, share)))


def _spread(word: str, most: int) -> Iterator[str]:
    if len(word) == 1:
        yield word
        return
    places = len(word) - 1
    for number in range(min(places, most)):
        place = number * places // min(places, most)
        yield word[place : place + 2]


# ---- showing what was found ------------------------------------------------------------------

Piece = tuple[str, bool]  # some text, and whether it is what was looked for


def marked(text: str, asked: Sequence[str]) -> tuple[Piece, ...]:
    """A text in pieces, the hits marked, as it was written."""
    pattern = re.compile("|".join(map(_as_written, sorted(asked, key=len, reverse=True))))
    pieces, at = [], 0
    for hit in pattern.finditer(text) if asked else ():
        pieces += [(text[at : hit.start()], False), (hit[0], True)]
        at = hit.end()
    return tuple(each for each in (*pieces, (text[at:], False)) if each[0])


def snippet(text: str, asked: Sequence[str]) -> tuple[Piece, ...]:
    """The surroundings of the first hit in a long text, in one line, the hits marked."""
    text = " ".join(text.split())
    places = [re.search(_as_written(word), text) for word in asked]
    begins = min((each.start() for each in places if each), default=0)
    begins = max(0, begins - AROUND)
    shown = text[begins : begins + SHOWN]
    before, after = "…" if begins else "", "…" if begins + SHOWN < len(text) else ""
    return marked(f"{before}{shown}{after}", asked)


def _as_written(word: str) -> str:
    """A pattern for a folded word as a text may have it: wide, capital, with signs in between."""
    return SIGNS.join(_variants(each) for each in word)


def _variants(folded: str) -> str:
    zeros = [sign for sign in map(chr, ZEROS) if folded == "〇"]
    plain = {folded, folded.upper(), *zeros}
    wide = {chr(ord(each) + WIDE) for each in plain if len(each) == 1 and "!" <= each <= "~"}
    return "(?:" + "|".join(re.escape(each) for each in sorted(plain | wide)) + ")"
