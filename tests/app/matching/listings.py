"""Games and listings of our own making, small enough to read."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import Competitor, ContractId, Event, EventId, Market, MarketId, Outcome, VenueId
from app.domain.teams import Team, TeamId
from app.matching.linking import Linked
from app.matching.registry import Registry

REGISTRY = Registry.load()
NOW = datetime(2026, 8, 9, 15, tzinfo=UTC)


def team(team_id: str) -> Team:
    """A team of the registry."""
    found = REGISTRY.team(TeamId(team_id))
    assert found is not None, team_id
    return found


def at(text: str) -> datetime:
    """`2026-08-09 20:10` UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def game(game_id: str, league: str, away: str, home: str, start: str, **more: object) -> Game:
    """A game between two teams of the registry."""
    return Game(
        id=GameId(game_id), league=LeagueCode(league), home=team(home), away=team(away), start=at(start), **more
    )  # type: ignore[arg-type]


def kalshi_market(ticker: str, title: str, subject: str, **more: object) -> Market:
    """A Kalshi market with its YES and NO."""
    outcomes = tuple(Outcome(ContractId(f"kalshi:{ticker}:{side}"), side.title()) for side in ("yes", "no"))
    event_id, code = ticker.rsplit("-", 1)
    given = {"kind": "moneyline", "scope": "game", "rules": f"If {subject} wins the game, then the market is Yes."}
    return Market(
        venue=VenueId("kalshi"),
        event_id=EventId(event_id),
        id=MarketId(ticker),
        title=title,
        outcomes=outcomes,
        subject=subject,
        subject_code=code,
        **(given | more),
    )  # type: ignore[arg-type]


def kalshi_winner(event_id: str, title: str, league: str, sides: Sequence[tuple[str, str]], **more: object) -> Event:
    """A Kalshi winner event: `sides` are (name, code) in ticker order."""
    return Event(
        venue=VenueId("kalshi"),
        id=EventId(event_id),
        title=title,
        league=LeagueCode(league),
        competitors=tuple(Competitor(name, code) for name, code in sides),
        kind="moneyline",
        markets=tuple(kalshi_market(f"{event_id}-{code}", f"{title} Winner?", name) for name, code in sides),
        **more,
    )  # type: ignore[arg-type]


def polymarket_event(slug: str, title: str, league: str, markets: Sequence[Market], **more: object) -> Event:
    """A Polymarket event; codes and day come from its slug."""
    _, first, second, *day = slug.split("-")
    return Event(
        venue=VenueId("polymarket"),
        id=EventId(slug),
        slug=slug,
        title=title,
        league=LeagueCode(league),
        competitors=(Competitor("", first.upper()), Competitor("", second.upper())),
        day=date(*(int(part) for part in day[:3])),
        markets=tuple(markets),
        **more,
    )  # type: ignore[arg-type]


def polymarket_market(slug: str, title: str, labels: Sequence[str], **more: object) -> Market:
    """A Polymarket market with its outcome tokens."""
    given = {"scope": "game"}
    return Market(
        venue=VenueId("polymarket"),
        event_id=EventId("-".join(slug.split("-")[:6])),
        id=MarketId(f"0x{slug}"),
        slug=slug,
        title=title,
        outcomes=tuple(Outcome(ContractId(f"polymarket:{slug}:{label}"), label) for label in labels),
        **(given | more),
    )  # type: ignore[arg-type]


def codes(found: Linked) -> list[str]:
    """Why listings were left out, in their order."""
    return [item.code for item in found.left_out]


def verdicts(found: Linked) -> set[str]:
    """Every verdict that was given."""
    return {link.verdict for link in found.links}
