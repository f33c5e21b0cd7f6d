"""A market's rules text, sentence by sentence: what it says, and what of it nobody has understood."""

from functools import lru_cache

import msgspec

from app.settlement.endings import read_ending
from app.settlement.grammar import Asked, Fact, Sayings
from app.settlement.questions import FORMS
from app.settlement.sentences import split_sentences

LONGEST_RULES = 8_000  # characters; nobody has seen a longer text of a game
LONGEST_SENTENCE = 200  # characters, as it is shown


class Reading(msgspec.Struct, frozen=True):
    """What a text says. `unread`: the sentences that are not understood."""

    asked: tuple[Asked, ...] = ()
    facts: tuple[Fact, ...] = ()
    unread: tuple[str, ...] = ()


def read_rules(rules: str) -> Reading:
    """A whole text. Every sentence of it is understood, or named."""
    if len(rules) > LONGEST_RULES:
        return Reading(unread=(f"a text of {len(rules)} characters",))
    sentences = split_sentences(rules)
    said = [read_sentence(sentence) for sentence in sentences]
    told = [each for sayings in said if sayings is not None for each in sayings]
    return Reading(
        tuple(each for each in told if isinstance(each, Asked)),
        tuple(each for each in told if isinstance(each, Fact)),
        tuple(
            sentence[:LONGEST_SENTENCE] for sentence, sayings in zip(sentences, said, strict=True) if sayings is None
        ),
    )


@lru_cache(maxsize=16_384)  # most sentences are said of every game, and all of them again each minute
def read_sentence(sentence: str) -> Sayings | None:
    """What it says: nothing, if it is of no consequence; None when it is not understood."""
    for form, read in FORMS:
        if found := form.fullmatch(sentence):
            return read(found)
    return read_ending(sentence)
