"""What the document of the API shows of signals: one edge between two venues, kept."""

from pydantic.config import JsonDict

from routers.answers import PROPOSITION
from routers.trace_answers import TRACE

BRIEF: JsonDict = {
    "venue": "kalshi",
    "market_id": "KXNBAGAME-26JAN08LALBOS-BOS",
    "contract_id": "kalshi:KXNBAGAME-26JAN08LALBOS-BOS:yes",
    "outcome": "Boston",
    "proposition": PROPOSITION,
    "polarity": "yes",
    "limit": "0.4600",
}
ROW: JsonDict = {
    "id": "3f9a1c07be-41",
    "detector": "cross_venue",
    "account": "arbitrage",
    "game_id": "401810365",
    "league": "nba",
    "stage": "sent",
    "reason": "sent",
    "detail": "",
    "found_at": "2026-01-09T01:12:05.214173Z",
    "size": "60",
    "cost": "57.6",
    "fees": "1.8",
    "profit": "0.6",
    "unit_edge": "0.0101",
    "rules": "tail",
    "worst": "-29.4",
    "legs": [BRIEF],
    "limits_version": 3,
    "like_it": 0,
    "simulated": False,
}
LEG: JsonDict = {
    **BRIEF,
    "verdict": "tradable",
    "confidence": 0.99,
    "rules_hash": "9b1c6f3f0a1be4d1",
    "size": "60",
    "cost": "27.6",
    "fee": "1.05",
    "quote": {
        "bid": "0.4500",
        "bid_size": "50",
        "ask": "0.4600",
        "ask_size": "80",
        "venue_time": "2026-01-09T01:12:04.118000Z",
        "received_at": "2026-01-09T01:12:04.161000Z",
        "proved_at": "2026-01-09T01:12:05.002000Z",
        "doubt": None,
        "sequence": 48211,
        "mark": "3",
        "lane": "kalshi:1:19b9",
    },
    "age_ms": 212,
    "schedule": {
        "taker": "0.07",
        "maker": "0",
        "exponent": 1,
        "step": "0.01",
        "least": "0",
        "waived_until": None,
        "source": "series KXNBAGAME: quadratic",
    },
}
VOID: JsonDict = {
    "name": "cancelled: half, fair as if away won",
    "ending": "cancelled",
    "pays": ["0.0000", "0.5000"],
    "total": "0.5000",
    "is_worst": True,
}
EVERYTHING: JsonDict = {"size": "60", "cost": "57.6", "fees": "1.8", "profit": "0.6"}

SIGNAL: JsonDict = {
    **{name: value for name, value in ROW.items() if name not in ("rules", "worst", "legs")},
    "trace": TRACE,
    "is_final": True,
    "judged_at": "2026-01-09T01:12:05.214173Z",
    "legs": [LEG],
    "stake": "59.4",
    "reaches": [
        {"stake": stake, "size": "60", "cost": "57.6", "fees": "1.8", "profit": "0.6"}
        for stake in ("100", "1000", None)
    ],
    "rules": {
        "verdict": "tail",
        "scenarios": [VOID],
        "tails": [{"ending": "cancelled", "chance": 0.001, "worst": VOID["name"], "expects": [None, "0.5000"]}],
        "tail_cost": "0.0294",
        "worst": "-29.4",
        "worst_scenario": VOID["name"],
    },
    "estimate": None,
    "haircut": {
        "factor": 0.82,
        "trades": 143,
        "reason": "143 trades of 31 games brought $241.10 of $310.40",
        "profit": "0.492",
        "unit_edge": "0.008282",
    },
    "skew_ms": 100,
    "expires_at": "2026-01-09T01:12:07.214173Z",
    "locked_until": "2026-01-09T06:30:00Z",
    "return_per_day": 0.08,
    "checks": [{"name": "not_halted", "is_passed": True, "detail": ""}],
}
REASON: JsonDict = {
    "reason": "stale",
    "counted": "combinations",
    "count": 214,
    "standing": 3,
    "example": {
        "game_id": "401810365",
        "contracts": ["kalshi:KXNBAGAME-26JAN08LALBOS-BOS:yes"],
        "detail": "a leg was proved 3100 ms ago, 2000 are allowed",
        "at": "2026-01-09T01:12:05.214173Z",
    },
}
TAKEN: JsonDict = {
    "status": "hedged",
    "count": 31,
    "signal_id": "3f9a1c07be-41",
    "game_id": "401810365",
    "began_at": "2026-01-09T01:12:05.214173Z",
}
FUNNEL: JsonDict = {
    "at": "2026-01-09T01:12:06Z",
    "since": "2026-01-08T18:00:00Z",
    "processes": 1,
    "games": 41,
    "games_linked": 28,
    "combinations": {"cross_venue": 1312, "complement": 820},
    "stages": [{"stage": "fresh", "count": 214, "standing": 3, "reasons": [REASON]}],
    "taken": [TAKEN],
    "simulated": False,
}
CHECK: JsonDict = {"name": "max_stake", "is_passed": True, "detail": ""}
JUDGEMENT: JsonDict = {
    "stage": "sent",
    "reason": "sent",
    "detail": "",
    "checks": [CHECK],
    "size": "60",
    "cost": "57.6",
    "fees": "1.8",
    "stake": "59.4",
    "profit": "0.6",
    "worst": "-29.4",
}
REPLAY: JsonDict = {
    "signal_id": "3f9a1c07be-41",
    "found_at": "2026-01-09T01:12:05.214173Z",
    "settings": [{"name": "risk.kelly_fraction", "then": 0.25, "now": 0.1}],
    "then": JUDGEMENT,
    "now": {**JUDGEMENT, "size": "24", "cost": "23.04", "fees": "0.72", "stake": "23.76", "profit": "0.24"},
    "why": "",
    "is_same": True,
    "differs": [],
    "tape": "20260108T231502-4711",
    "inputs": 48211,
    "simulated": False,
}
