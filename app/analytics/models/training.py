"""Learns from a study and writes the card: `python -m app.analytics.models.training`, the study on standard input, what
came of it on standard output, both as MessagePack. It imports scikit-learn, so nobody else imports it."""

import sys
from collections import Counter
from collections.abc import Sequence

import msgspec

from app.analytics.models.cards import Card, Told, comparisons_of, records_of, side_of, told_of, verdict_of
from app.analytics.models.fits import fit
from app.analytics.models.splits import split_by_time
from app.analytics.models.studies import Moment, StudiedGame, Study
from app.analytics.models.trained import Trained
from app.domain.models import FEATURES, LearnedModel

KIND = "logistic regression"


def train(study: Study) -> Trained:
    """What was learned from the earlier games, tested on the later ones. What is handed on is what was tested."""
    usable = [game for game in study.games if any(moment.features for moment in game.moments)]
    split = split_by_time(usable)
    learned = _learn(study, split.learned) if split.tested else None
    tested = split.tested if learned is not None else study.games
    told = [_tell(game, moment, learned) for game in tested for moment in game.moments]
    comparisons = comparisons_of(told)
    compared_games = sum(any(_is_whole(moment) for moment in game.moments) for game in usable)
    verdict, why = verdict_of(compared_games, len(split.tested), comparisons)
    card = Card(
        id=LearnedModel.name_of(study.league, study.version),
        league=study.league,
        version=study.version,
        world=study.world,
        made_at=study.made_at,
        verdict=verdict,
        why=why,
        games=len(study.games),
        compared_games=compared_games,
        origins=dict(Counter(game.origin for game in study.games)),
        learned_from=side_of(split.learned if learned is not None else ()),
        tested_on=side_of(tested),
        features=FEATURES,
        model=KIND if learned is not None else "",
        records=records_of(told),
        comparisons=comparisons,
    )
    return Trained(card, learned)


def _learn(study: Study, games: Sequence[StudiedGame]) -> LearnedModel | None:
    fitted = fit(games, has_draw=study.has_draw)
    if fitted is None:
        return None
    return LearnedModel(
        league=study.league, version=study.version, home=fitted.home, draw=fitted.draw, world=study.world
    )


def _tell(game: StudiedGame, moment: Moment, learned: LearnedModel | None) -> Told:
    if learned is None or not moment.features:
        return told_of(game, moment)
    return told_of(game, moment, learned.chances(dict(zip(FEATURES, moment.features, strict=True)))[0])


def _is_whole(moment: Moment) -> bool:
    return bool(moment.features) and moment.market is not None


if __name__ == "__main__":
    given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Study)
    sys.stdout.buffer.write(msgspec.msgpack.encode(train(given)))
