"""A rules text cut into sentences, each on one line and with plain quotation marks.

>>> split_sentences('If St. Louis wins, it pays. If the game is postponed (by rain), it waits.')
('If St. Louis wins, it pays.', 'If the game is postponed (by rain), it waits.')
"""

import re

LONGEST_RULES = 8_000  # characters; a longer text is not read, for nobody has seen one

_ENDS = re.compile(r"""(?<=[.!?])["')]*\s+(?=["'(]*[A-Z$0-9])|\s*\n+\s*""")
_ENDS_NOTHING = re.compile(r"""\b(?:St|vs|v|Jr|Sr|Mt|Ft|No|Dr|[A-Z])\.\Z""")
_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "\u00a0": " "})


def split_sentences(rules: str) -> tuple[str, ...]:
    """Every sentence of a text, in its order; a line break ends one, too."""
    found: list[str] = []
    continues = False
    for piece in _pieces(rules.translate(_PLAIN)):
        words = " ".join(piece.split())
        if not words:
            continues = False
            continue
        if continues:
            found[-1] += " " + words
        else:
            found.append(words)
        continues = _ENDS_NOTHING.search(words) is not None
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """The quotation marks and brackets after a full stop stay with what they close."""
    pieces, begin = [], 0
    for end in _ENDS.finditer(text):
        closing = len(end[0]) - len(end[0].lstrip("\"')"))
        pieces.append(text[begin : end.start() + closing])
        begin = end.end()
    return [*pieces, text[begin:]]
