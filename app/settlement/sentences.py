"""A rules text cut into sentences, each on one line and with plain quotation marks.

>>> split_sentences('If St. Louis wins, it pays "Yes." If the game is postponed, it waits.')
('If St. Louis wins, it pays "Yes."', 'If the game is postponed, it waits.')
"""

import re

_ENDS = re.compile(r"""(?<=[.!?])["')]?\s+(?=["'(]?[A-Z$0-9])|\n+""")
_ENDS_NOTHING = re.compile(r"\b(?:St|vs|v|Jr|Sr|Mt|Ft|No|Dr|[A-Z])\.\Z")  # the sentence goes on
_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-"})


def split_sentences(rules: str) -> tuple[str, ...]:
    """Every sentence of a text, in its order; a line break ends one, too."""
    text, begin = rules.translate(_PLAIN), 0
    found: list[str] = []
    for end in _ENDS.finditer(text):
        sentence = text[begin : end.start() + len(end[0].rstrip())]
        if end[0].startswith("\n") or not _ENDS_NOTHING.search(sentence):
            found.append(" ".join(sentence.split()))
            begin = end.end()
    found.append(" ".join(text[begin:].split()))
    return tuple(sentence for sentence in found if sentence)
