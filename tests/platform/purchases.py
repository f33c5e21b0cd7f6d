"""What a person buys on a running platform: anything that somebody sells."""

import time

from tests.platform.platforms import Platform, eventually

LEAST, DEAREST = "0.3000", "0.8000"
ENDED = "filled", "cancelled", "rejected", "expired"


def buys(api: Platform) -> bool:
    """Whether an order is filled: of what is on offer now, and may be gone when it is asked for."""
    wish = {"contract_id": on_offer(api), "side": "buy", "limit": DEAREST, "size": "10"}
    answer = api.http.post("/orders", json=wish, headers={**api.key, "Idempotency-Key": str(time.time())})
    if answer.status_code != 201:
        return False
    path = f"/orders/{answer.json()['id']}"
    eventually(lambda: api.get(path)["state"] in ENDED)
    return bool(api.get(path)["state"] == "filled")


def on_offer(api: Platform) -> str:
    """A contract that somebody sells now."""
    for game in api.games():
        said = api.get(f"/games/{game['game_id']}/prices")["propositions"]
        for each in (contract for one in said for contract in one["contracts"]):
            quote = each["quote"]
            if quote and quote["state"] == "fresh" and LEAST <= (quote["ask"] or "") <= DEAREST:
                return str(each["contract_id"])
    raise StopIteration("nobody sells anything")
