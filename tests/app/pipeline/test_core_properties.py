"""Whatever a core is told: it counts right, misses nothing that stands, and decides the same in any other process."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.archive.tapes import DecisionHash
from app.domain.inputs import Input, Tick
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Judged
from app.pipeline import Pipeline
from app.signals.combinations import Combination
from app.signals.detection import Detection
from tests.app.pipeline.stories import Story

LENGTH = 60
SEEDS = 400
LAST = ("risk", "sent")
PATIENCE = 3_600 * SECOND
ROOT = Path(__file__).parents[3]
REPLAY = "from tests.app.pipeline.test_core_properties import replay; replay()"


def detection_of(core: Pipeline) -> Detection:
    return core._detection


def combinations_of(core: Pipeline) -> list[Combination]:
    return [made for offer in detection_of(core).offers for made in offer.combinations]


def check_counts(core: Pipeline) -> None:
    """What stands, and where, is what there is."""
    everything = combinations_of(core)
    told = {(stop.stage, stop.reason): stop.standing for stop in core.funnel().stops if stop.standing}
    assert told == Counter(made.place for made in everything)
    assert core.funnel().combinations == Counter(made.detector for made in everything)
    near = [made for made in everything if made.is_near]
    assert set(detection_of(core)._near) == set(near)
    assert all(made.is_near for made in everything if made.place != ("edge", "no_gap"))
    for offer in detection_of(core).offers:
        for side in offer.offered.sides:
            assert side.near == sum(side in made.sides for made in near if made.detector != "middle")


def check_nothing_is_missed(core: Pipeline, now: Nanos) -> None:
    """Who looks at everything that there is, at the same moment, finds nothing that at most the desk stands against,
    but what stands there already."""
    everything, said = combinations_of(core), core._said
    before = [made.place for made in everything]
    for side in (side for offer in detection_of(core).offers for side in offer.offered.sides):
        quote = core.quote(side.contract_id)
        assert side.ask == (None if quote is None else quote.ask)
    detection_of(core)._look_at(everything, now)
    assert not [each for each in said if isinstance(each, Judged) and each.stage == "sent"]
    for made, place in zip(everything, before, strict=True):
        assert made.place[0] not in LAST or place[0] in LAST


@settings(max_examples=SEEDS)
@given(st.integers(0, 1 << 40), st.integers(1, LENGTH))
def test_counts_are_right_and_nothing_that_stands_is_missed(seed: int, length: int) -> None:
    core, story = Pipeline(PATIENCE), Story(seed)
    for told in story.tell(length):
        core.apply(told)
        check_counts(core)
    core.apply(Tick(story.now))
    check_nothing_is_missed(core, story.now)


def test_stories_have_edges_and_every_kind_of_end() -> None:
    said = Counter[str]()
    for seed in range(8):
        core = Pipeline(PATIENCE)
        for told in Story(seed).tell(4 * LENGTH):
            said.update(each.stage for each in core.apply(told) if isinstance(each, Judged))
    assert said.keys() == {"linked", "fresh", "edge", "depth", "rules", "risk", "sent"}


def decided(inputs: tuple[Input, ...]) -> str:
    core, decided = Pipeline(PATIENCE), DecisionHash()
    for told in inputs:
        decided.take(core.apply(told))
    return decided.take(())


def replay() -> None:
    """In a process of its own: a tape comes in, the hash of what is decided goes out."""
    print(decided(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=tuple[Input, ...])))


def test_another_process_decides_the_same_upon_the_same_tape() -> None:
    """Another one hashes names otherwise, and nothing that it is told is the same value in memory twice."""
    told = tuple(each for seed in range(6) for each in Story(seed).tell(4 * LENGTH))
    tape = msgspec.msgpack.encode(told)
    for number in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": number}
        command = [sys.executable, "-c", REPLAY]
        done = subprocess.run(command, input=tape, capture_output=True, cwd=ROOT, env=environment, check=True)
        assert done.stdout.decode().strip() == decided(told)
