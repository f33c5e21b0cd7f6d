"""Rules texts in the venues' manner, about games that nobody plays."""

KALSHI_GAME = "the Oakville vs Milltown professional basketball game originally scheduled for Nov 22, 2026"
KALSHI_WINNER = f"If Oakville wins {KALSHI_GAME}, then the market resolves to Yes."
KALSHI_LATE = (
    "If this game is postponed or delayed, the market will remain open and close after the rescheduled game has "
    "finished (within two days). If the game is cancelled or rescheduled to over two days away, the market will "
    "resolve to a fair price in accordance with the rules."
)
KALSHI_TIE = "If the game ends in a tie, the market will resolve to $0.50 for each team."
KALSHI_TAIL = (
    "Kalshi is not affiliated, associated, authorized, endorsed by, or in any way officially connected with the "
    "Governing League. All trademarks, logos, and brand names are the property of their respective owners."
)
KALSHI_SOCCER_GAME = (
    "the Oakville vs Milltown professional MLS soccer game originally scheduled for Nov 22, 2026 after 90 minutes plus "
    "stoppage time (does not include extra time or penalties)"
)
KALSHI_FOOTBALL_LATE = (
    "If the game is postponed but begins within 48 hours from its originally scheduled start time, the market will "
    "remain open and resolve based on the official final result. If the game is not started within 48 hours, the "
    "market will resolve to a fair market price."
)

POLYMARKET_INTRO = "In the upcoming NBA game, scheduled for November 22 at 7:30PM ET:"
POLYMARKET_WINNER = (
    f'{POLYMARKET_INTRO}\nIf the Oaks win, the market will resolve to "Oaks".\n'
    'If the Mills win, the market will resolve to "Mills".'
)
POLYMARKET_OPEN = "If the game is postponed, this market will remain open until the game has been completed."
POLYMARKET_EVEN = "If the game is canceled entirely, with no make-up game, this market will resolve 50-50."
POLYMARKET_OVERTIME = "The result will be determined based on the final score including any overtime periods."
POLYMARKET_SOCCER = (
    'If Oakville wins, this market will resolve to "Yes". Otherwise, this market will resolve to "No". This market '
    "refers only to the outcome within the first 90 minutes of regular play plus stoppage time."
)


def joined(*sentences: str) -> str:
    return "\n".join(sentences)
