"""Some seconds of what `make fuzz` does for ten minutes; and what it has found, which no decoder meets again."""

import logging
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fuzzing.__main__ import NOT_HERE, fuzz, is_here
from tests.fuzzing.decoders import DECODERS, EVERYONE, Decoder
from tests.fuzzing.finds import FINDS

CHANGES = 40


@pytest.fixture(autouse=True)
def without_words() -> Iterator[None]:
    """What is refused by the thousand is logged by the thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
def test_a_good_payload_is_taken_and_no_change_of_it_does_harm(decoder: Decoder) -> None:
    for seed in decoder.seeds:
        decoder.take(seed)
    for number in range(CHANGES):
        chance = Random(number)
        decoder.take(decoder.change(chance.choice(decoder.seeds), chance))


@pytest.mark.parametrize(("name", "payload"), [find[1:] for find in FINDS], ids=[find[0] for find in FINDS])
def test_what_was_found_once_does_no_harm(name: str, payload: bytes) -> None:
    assert payload not in DECODERS[name].seeds  # the example still differs from what it was made of
    DECODERS[name].take(payload)


@pytest.mark.skipif(not is_here(), reason=NOT_HERE)
@pytest.mark.timeout(600)
def test_a_fuzzer_that_follows_our_lines_finds_nothing(tmp_path: Path) -> None:
    outcome = fuzz(EVERYONE, tmp_path, "-runs=2000", "-max_total_time=5", "-seed=1")
    assert outcome.is_well, outcome.said
    assert outcome.runs > 0
