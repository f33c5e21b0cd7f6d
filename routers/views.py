"""A shard's view of a game as it stands at reading time: every quote in it aged anew."""

from collections.abc import Mapping

import msgspec

from app.domain.prices import LaneId, Nanos
from app.hot.shown import QuoteShown, seen
from app.hot.view_shown import ContractShown, GameViewShown, PropositionShown

_VIEW = msgspec.json.Decoder(GameViewShown)


def read_view(body: bytes | str) -> GameViewShown | None:
    """None for what a version that described it differently has written."""
    try:
        return _VIEW.decode(body)
    except msgspec.MsgspecError:
        return None


def view_seen(view: GameViewShown, lanes: Mapping[LaneId, Nanos], now: Nanos, fresh_within: int) -> GameViewShown:
    """`fresh_within`: nanoseconds."""

    def contract_seen(contract: ContractShown) -> ContractShown:
        if contract.quote is None:
            return contract
        quote = quote_seen(contract.quote, lanes, now, fresh_within)
        return msgspec.structs.replace(contract, quote=quote)

    def proposition_seen(proposition: PropositionShown) -> PropositionShown:
        contracts = [contract_seen(each) for each in proposition.contracts]
        return msgspec.structs.replace(proposition, contracts=contracts)

    return msgspec.structs.replace(view, propositions=[proposition_seen(each) for each in view.propositions])


def quote_seen(quote: QuoteShown, lanes: Mapping[LaneId, Nanos], now: Nanos, fresh_within: int) -> QuoteShown:
    """The same of one quote."""
    found = seen(quote, lanes, now, fresh_within)
    assert isinstance(found, QuoteShown)  # it was one
    return found
