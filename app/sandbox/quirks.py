"""What can be odd about a listing: traps that real venues set, and what a linker should make of them."""

from enum import StrEnum


class Quirk(StrEnum):
    """One oddity of how a game is listed."""

    UTC_SLUG = "utc_slug"
    SWAPPED_SIDES = "swapped_sides"
    WRONG_START = "wrong_start"
    INVERTED = "inverted"
    INVERTED_PRICES = "inverted_prices"
    PUSH_LINES = "push_lines"
    NO_MILESTONE = "no_milestone"
    SETTLED_LINE = "settled_line"
    NO_TEAMS = "no_teams"
    GAME_SUFFIX = "game_suffix"
    PROPS = "props"
    HALVES = "halves"
    UNKNOWN_NAME = "unknown_name"
    OTHER_DAY = "other_day"
    UNREAD_CLAUSE = "unread_clause"
    OTHER_WINDOW = "other_window"
    FEE_OVERRIDE = "fee_override"
    FEE_WAIVER = "fee_waiver"
    ZERO_FEES = "zero_fees"


NEEDS_MORE = {  # than a word: no plan can ask for these
    Quirk.GAME_SUFFIX: "a doubleheader",
    Quirk.UNKNOWN_NAME: "another name",
}
MEANINGS: dict[Quirk, str] = {
    Quirk.UTC_SLUG: "Polymarket's slug carries the UTC date, Kalshi's ticker the Eastern one: the same game",
    Quirk.SWAPPED_SIDES: "neutral site: the venues name the sides the other way round than ESPN: link by name",
    Quirk.WRONG_START: "one Polymarket spread has a gameStartTime months off: not tradable",
    Quirk.INVERTED: "Kalshi's winner markets name one team in words and the other in the ticker: refuse both",
    Quirk.INVERTED_PRICES: "Polymarket has the price of each side to win under the other's name: no field shows it, "
    "the prices of the other venue do: reject the winners of both",
    Quirk.PUSH_LINES: "spread and total on whole numbers can end level: no plain negation, not tradable as such",
    Quirk.NO_MILESTONE: "Kalshi has no milestone for it: the start is known from the ticker's date only",
    Quirk.SETTLED_LINE: "one Polymarket spread is closed and resolved already: leave it out",
    Quirk.NO_TEAMS: "Polymarket's event carries no teams list and no team names: titles only",
    Quirk.GAME_SUFFIX: "doubleheader with G1 and G2 at the end of Kalshi's tickers",
    Quirk.PROPS: "player props on both venues: leave them out",
    Quirk.HALVES: "first-half markets are not the full game's, and Polymarket's first-half line has the wrong sign",
    Quirk.UNKNOWN_NAME: "the venue calls the home side by a name that no book has: unmatched until somebody teaches it",
    Quirk.OTHER_DAY: "Polymarket lists these sides for the day after, when they do not play: no game of Kalshi's",
    Quirk.UNREAD_CLAUSE: "the rules of Polymarket's winner hold a sentence that no card knows: not tradable until a "
    "person has read it",
    Quirk.OTHER_WINDOW: "Kalshi's rules let the game be put off for longer than those of the league's other games",
    Quirk.FEE_OVERRIDE: "Kalshi's events have a fee multiplier of their own, which wins over that of the series",
    Quirk.FEE_WAIVER: "Kalshi charges nothing for the winners until a given time",
    Quirk.ZERO_FEES: "Polymarket charges nothing for the totals",
}
