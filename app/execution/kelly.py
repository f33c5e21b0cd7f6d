"""The share of the bankroll that lets it grow fastest: J. L. Kelly, "A New Interpretation of Information Rate", 1956.

A bet that wins `b` dollars for each dollar staked with probability p, and loses the dollar else, is worth the share
f = p - (1 - p) / b. Here a contract costs c dollars, fees included, and pays one: b = (1 - c) / c, so

    f = (p - c) / (1 - c)

An arbitrage with a tail gains g for each dollar with probability 1 - v, and loses l with probability v. The same
condition (the expected growth (1 - v) log(1 + f g) + v log(1 - f l) is highest) gives

    f = (1 - v) / l - v / g

>>> share_of_bet(0.6, 0.5), share_of_bet(0.5, 0.5), share_of_bet(0.4, 0.5)
(0.19999999999999996, 0.0, 0.0)
>>> round(share_of_tail(gain=0.02, loss=0.5, chance=0.015), 3), share_of_tail(gain=0.02, loss=0.5, chance=0.04)
(1.0, 0.0)
"""


def share_of_bet(probability: float, cost: float) -> float:
    """0..1, for a contract that costs `cost` dollars and pays one with this probability; 0 without an edge."""
    if not 0 <= cost < 1 or not cost < probability <= 1:
        return 0.0
    return (probability - cost) / (1 - cost)


def share_of_tail(gain: float, loss: float, chance: float) -> float:
    """0..1, for a gain that is sure but for a loss of this chance, both by dollar staked; 0 when it is not worth it."""
    if not gain > 0 or not loss > 0 or not 0 <= chance <= 1:
        return 0.0
    return min(1.0, max(0.0, (1 - chance) / loss - chance / gain))


def shrunk(probability: float, market: float, shrinkage: float) -> float:
    """Our probability, moved towards the market's; one that is below the market's already stays, since a doubt about
    ourselves is no reason to stake more."""
    return probability - shrinkage * max(0.0, probability - market)
