"""What the document shows of orders and money, one example of each."""

from pydantic.config import JsonDict

CONTRACT = "kalshi:KXNBAGAME-26JAN08LALBOS-BOS:yes"
POSITION_ID = f"manual:{CONTRACT}"

SAID: JsonDict = {
    "kind": "moneyline",
    "period": "game",
    "line": None,
    "team": "Boston Celtics",
    "team_id": "nba:2",
    "statement": "Boston Celtics win",
}
ABOUT: JsonDict = {
    "venue": "kalshi",
    "market_id": "KXNBAGAME-26JAN08LALBOS-BOS",
    "contract_id": CONTRACT,
    "game_id": "401810365",
    "league": "nba",
    "outcome": "Boston",
    "proposition": SAID,
    "polarity": "yes",
    "simulated": False,
}
ORDER: JsonDict = {
    **ABOUT,
    "id": "m-9f31c2aa07be-0",
    "account": "manual",
    "kind": "paper",
    "side": "buy",
    "limit": "0.4600",
    "size": "60",
    "filled": "20",
    "left": "40",
    "time_in_force": "gtc",
    "is_post_only": False,
    "expires_at": None,
    "purpose": "manual",
    "trade_id": "m-9f31c2aa07be",
    "leg": 0,
    "signal_id": None,
    "rule": "",
    "quoted": "0.4500",
    "state": "partly_filled",
    "reason": "",
    "ref": "8c1e6f",
    "wanted_at": "2026-01-09T01:12:04.161Z",
    "changed_at": "2026-01-09T01:12:04.512Z",
}
FILL: JsonDict = {
    **ABOUT,
    "id": "kalshi:f-81ab",
    "order_id": "m-9f31c2aa07be-0",
    "account": "manual",
    "side": "buy",
    "price": "0.4500",
    "size": "20",
    "fee": "0.35",
    "is_maker": False,
    "stage": "confirmed",
    "venue_time": "2026-01-09T01:12:04.498Z",
    "received_at": "2026-01-09T01:12:04.509Z",
    "booked_at": "2026-01-09T01:12:04.512Z",
}
CHANGE: JsonDict = {
    "number": 3,
    "state": "partly_filled",
    "at": "2026-01-09T01:12:04.512Z",
    "filled": "20",
    "reason": "",
    "ref": "8c1e6f",
}
ORDER_WHOLE: JsonDict = {**ORDER, "changes": [CHANGE], "fills": [FILL], "fees": "0.35", "average": "0.4500"}
TRADE: JsonDict = {
    "id": "3f9a1c07be-41",
    "account": "arbitrage",
    "signal_id": "3f9a1c07be-41",
    "detector": "cross_venue",
    "game_id": "401810365",
    "league": "nba",
    "status": "hedged",
    "detail": {"size": "60"},
    "began_at": "2026-01-09T01:12:04.161Z",
    "ended_at": "2026-01-09T01:12:05.002Z",
    "simulated": False,
}
EXITS: JsonDict = {
    "stop": 0.5,
    "trailing_stop": None,
    "take_profit": None,
    "after_s": None,
    "edge_gone": None,
    "on_game_states": ["postponed"],
    "before_close_s": None,
    "hold_s": 15,
    "slip": "0.0200",
}
TRIGGER: JsonDict = {"rule": "stop", "price": "0.2250", "at": None, "words": "what is paid for it falls to 22.5 ¢"}
POSITION: JsonDict = {
    **ABOUT,
    "id": POSITION_ID,
    "account": "manual",
    "size": "20",
    "cost": "9",
    "average": "0.4500",
    "fees": "0.35",
    "realised": "0",
    "mark": "0.4800",
    "marked_by": "bid",
    "value": "9.6",
    "unrealised": "0.6",
    "is_won": False,
    "detector": None,
    "trade_id": "m-9f31c2aa07be",
    "opened_at": "2026-01-09T01:12:04.498Z",
    "changed_at": "2026-01-09T01:12:04.512Z",
    "closed_at": None,
    "version": 1,
    "exit_rules": EXITS,
    "has_own_rules": False,
    "triggers": [TRIGGER],
}
INSTRUCTION: JsonDict = {
    "id": "order:5b0c2c1f6d1e",
    "kind": "order",
    "account": "manual",
    "state": "taken",
    "outcome": "",
    "order_id": None,
    "asked_by": "key bot",
    "asked_at": "2026-01-09T01:12:04.101Z",
    "expires_at": "2026-01-09T01:12:19.101Z",
}
INCIDENT: JsonDict = {
    "id": 7,
    "kind": "exposed",
    "account": "arbitrage",
    "venue": "kalshi",
    "subject": "3f9a1c07be-41",
    "game_id": "401810365",
    "detail": "one leg has 60, the other 20",
    "began_at": "2026-01-09T01:12:06Z",
    "ended_at": None,
}
