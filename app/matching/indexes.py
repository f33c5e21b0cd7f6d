"""The names of a pool of teams, indexed once: by exact key, by the words in them, and by the codes they can have."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from app.domain.leagues import Pool
from app.domain.teams import Team, TeamId
from app.matching.comparisons import LEAST, meanings
from app.matching.forms import NO_FIT, Asked, Dialect, Fit, Form, fit_code, fit_contraction, fit_form
from app.matching.names import Name, initials, is_code, read_name, unmark, without_quoted
from app.matching.vocabularies import Vocabulary

SOCCER = Pool("soccer")
PERSONS_POOLS = frozenset({Pool("tennis"), Pool("ufc")})
WOMENS_POOLS = frozenset({Pool("wnba"), Pool("ncaaw")})
MENS_POOLS = frozenset(Pool(code) for code in ("nba", "ncaab", "nfl", "ncaaf", "nhl", "mlb"))

_LONGEST_CODE = 6  # letters; codes are not misspelt: `USWNT` is no slip for `USMNT`
_NEAREST = 24  # forms compared word by word
_FAR = 0.5  # of the best sum of words met: who has less is not compared

Tier = int
OFFICIAL, KNOWN, CODE, SHORT = range(4)  # how a key names its team; a lower tier hides the higher ones


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """A team and how well the name fits the best of its forms."""

    fit: Fit
    team: Team


class TeamIndex:
    """Every name of a set of teams. `within`: the whole pool, when these are only the few that can be meant;
    `is_asked_often`: known spellings are answered without being read."""

    def __init__(
        self,
        teams: Iterable[Team],
        pool: Pool,
        within: "TeamIndex | None" = None,
        words_elsewhere: Collection[str] = (),
        is_asked_often: bool = True,
    ) -> None:
        self.pool = pool
        self.teams: Sequence[Team] = tuple(teams)
        self._dialect: Dialect = within._dialect if within else Dialect(pool == SOCCER)
        self._is_of_few = within is not None
        self._is_womens = pool in WOMENS_POOLS
        self.is_mens = pool in MENS_POOLS
        self._keys: Mapping[str, dict[int, Tier]] = defaultdict(dict)
        self._asides: dict[int, tuple[str, ...]] = {}
        self._places: list[frozenset[str]] = []
        self._suffixes: list[str] = []
        self._forms: list[Form] = []
        self._said: set[tuple[int, frozenset[str], tuple[str, ...], frozenset[str]]] = set()
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_first: dict[str, list[tuple[int, tuple[str, ...], frozenset[str]]]] = defaultdict(list)
        self._by_start: dict[str, dict[tuple[int, tuple[str, ...]], None]] = defaultdict(dict)  # ordered sets
        for at, team in enumerate(self.teams):
            self._add(at, team)
        del self._said  # it told which forms were there already
        self._share_bare_names()
        self._keys = _shared(self._keys)
        self._vocabulary: Vocabulary = self._gather_words(within, words_elsewhere)
        if within is None:
            teams_by_word = {word: len({self._forms[at].team for at in ats}) for word, ats in self._by_word.items()}
            self._dialect.learn(teams_by_word, len(self.teams))
            self._dialect.places = frozenset().union(*self._places)
        self._codes = _unique_codes(self.teams)
        self._as_written = self._index_spellings() if is_asked_often else {}

    def as_written(self, text: str) -> tuple[Tier, tuple[Team, ...]] | None:
        """As `exact`, for a name spelt as the registry spells it but for its case; None: it has to be read."""
        return self._as_written.get(text.lower())

    def read(self, text: str) -> Name:
        """The name as this pool's sport writes names. In a women's league it goes without saying."""
        if self.pool in PERSONS_POOLS:
            text = without_quoted(text)
        name = read_name(text, self._dialect.is_soccer or self._is_womens)
        return unmark(name) if self._is_womens and name.marks else name

    def code(self, team_id: TeamId) -> str:
        """A short code that no other team here has."""
        return self._codes[team_id]

    def exact(self, name: Name) -> tuple[Tier, tuple[Team, ...]]:
        """The teams this very name belongs to, by the best tier any of them has."""
        found = self._keys.get(name.key, {})
        tier, teams = self._best(found)
        if not teams or not self._dialect.is_soccer:
            return tier, teams
        if len(teams) == 1 and teams[0].kind == "nation":
            teams = (*teams, *(self.teams[at] for at in found if self.teams[at] is not teams[0]))  # and FC Andorra
        return tier, self._and_longer(name, tier, teams)

    def short(self, name: Name) -> tuple[Team, ...]:
        """The teams whose name it is once affixes are dropped; one that needs no dropping goes before the others."""
        key = self._short_key(name.all_words, name.marks)
        if not key or key == name.key:
            return ()
        tier, teams = self._best(self._keys.get(key, {}))
        if not teams or not self._dialect.is_soccer or tier == OFFICIAL:
            return teams  # none bears it: a mere beginning of a longer name is no name
        return self._and_longer(name, SHORT, teams)

    def _and_longer(self, name: Name, tier: Tier, teams: tuple[Team, ...]) -> tuple[Team, ...]:
        """In soccer the bare form of one club's name may as well be the beginning of another's: `Red Star` is of Paris
        or of Belgrade, `Lincoln` is City or Red Imps. Brackets tell them apart."""
        if name.aside:
            return teams
        is_bare = tier == SHORT or not self._dialect.telling(name.words)
        if not is_bare and not (tier == KNOWN and any(self._goes_on(name, team) for team in teams)):
            return teams
        longer = (self.teams[at] for at in sorted(self._beginning_with(name)))
        return tuple(dict.fromkeys((*teams, *longer)))

    def _goes_on(self, name: Name, team: Team) -> bool:
        """The team's own name begins with it."""
        start, words = self._dialect.telling(name.words), self._dialect.telling(self.read(team.name).words)
        return len(words) > len(start) and words[: len(start)] == start

    def beside(self, name: Name) -> tuple[Team, ...]:
        """The teams it names but for what stands in brackets, if that does not speak against them; those it speaks for
        go before the others, and in soccer before those whose name goes on: `Rangers (Chile)` are Rangers de Talca."""
        if not name.aside:
            return ()
        key = self._short_key(name.words, name.marks)
        found = self._keys.get(key, {}) or self._keys.get("".join(name.words), {})
        longer = self._beginning_with(name) if found and self._dialect.is_soccer else set()
        for ats in (found, sorted(longer)):
            said = {at: self._is_said_of(at, name.aside) for at in ats}
            meant = [at for at in said if said[at]] or [at for at in said if said[at] is None]
            if meant:
                return tuple(self.teams[at] for at in meant)
        return ()

    def corrected(self, name: Name) -> list[Ranked] | None:
        """The teams whose very name it is once a slip of the pen is mended; None when it is none, or not the only one.
        What `ranked` would find too, in a fraction of the time."""
        words = name.words
        strange = [at for at, word in enumerate(words) if word not in self._vocabulary]
        if len(strange) != 1 or name.aside or len(name.key) <= _LONGEST_CODE:
            return None
        at = strange[0]
        best: dict[int, Fit] = {}
        weights = [self._dialect.weight(word) for word in words]
        for word, quality in self._vocabulary.stand_ins(words[at]).items():
            key = "".join((*words[:at], word, *words[at + 1 :], *sorted(name.marks)))
            fit = Fit((sum(weights) - weights[at] * (1 - quality)) / sum(weights))
            for team, tier in self._keys.get(key, {}).items():
                if tier < SHORT:
                    best[team] = max(best.get(team, NO_FIT), fit)
        return self._in_order(best, LEAST) if len(best) == 1 else None

    def ranked(self, name: Name) -> list[Ranked]:
        """Teams whose forms the words cover, best first."""
        best: dict[int, Fit] = {}
        asked = self._dialect.ask(name, map(self._vocabulary.stand_ins, name.all_words))
        for at in self._near(asked):
            form = self._forms[at]
            if form.marks == name.marks:
                fit = fit_form(asked, form, self._dialect)
                if fit > best.get(form.team, NO_FIT):
                    best[form.team] = fit
        return self._in_order(best, LEAST)

    def spelt_by(self, code: str) -> list[Ranked]:
        """Teams a short code can stand for: beginnings of the words of a name, one after the other."""
        best: dict[int, Fit] = {}
        for at, words in self._by_start.get(code[:2], {}):
            fit = fit_code(code, words)
            if fit > best.get(at, NO_FIT):
                best[at] = fit
        return self._in_order(best or self._contracted_to(code), 0.0)

    def _contracted_to(self, code: str) -> dict[int, Fit]:
        if len(code) <= 2:
            return {}
        named = (named for start, named in self._by_start.items() if start[0] == code[0])
        return {at: fit for each in named for at, words in each if (fit := fit_contraction(code, words)).score}

    def _gather_words(self, within: "TeamIndex | None", words_elsewhere: Collection[str]) -> Vocabulary:
        return Vocabulary(
            self._by_word.keys() | {word for places in self._places for word in places},
            within._vocabulary if within else None,
            words_elsewhere,
            extends=self._dialect.is_soccer,
            contracts=self.pool not in PERSONS_POOLS,
        )

    def _index_spellings(self) -> dict[str, tuple[Tier, tuple[Team, ...]]]:
        spellings = {text for team in self.teams for text in (team.name, team.location, team.nickname, *team.names)}
        spellings |= {team.abbreviation for team in self.teams}
        found = {text.lower(): self.exact(self.read(text)) for text in spellings}
        return {text: answer for text, answer in found.items() if answer[1]}

    def _in_order(self, fits: Mapping[int, Fit], least: float) -> list[Ranked]:
        found = [Ranked(fit, self.teams[at]) for at, fit in fits.items() if fit.score > least]
        return sorted(found, key=lambda ranked: ranked.fit, reverse=True)

    def _best(self, found: Mapping[int, Tier]) -> tuple[Tier, tuple[Team, ...]]:
        if not found:
            return SHORT, ()
        tier = min(found.values())
        return tier, tuple(self.teams[at] for at, each in found.items() if each == tier or each < SHORT)

    def _is_said_of(self, at: int, aside: tuple[str, ...]) -> bool | None:
        """Do these words tell where the team is from, or are they a name of it? None: nobody knows."""
        own = (*self._asides.get(at, ()), *self._places[at])
        said_of = own or (self.read(self.teams[at].name).words if self._dialect.is_soccer else ())
        if any(word.startswith(said) or word in meanings(said) for said in aside for word in said_of):
            return True
        if at in self._keys.get("".join(aside), {}):
            return True
        return False if own else None

    def _beginning_with(self, name: Name) -> set[int]:
        """Teams with a longer name: `Rangers (Chile)` may be Rangers de Talca as well as Rangers."""
        start = self._dialect.telling(name.words) or name.words
        named = self._by_first.get(start[0], ())
        return {at for at, words, marks in named if words[: len(start)] == start and marks == name.marks}

    def _short_key(self, words: Iterable[str], marks: frozenset[str]) -> str:
        return "".join((*self._dialect.telling(words), *sorted(marks)))

    def _add(self, at: int, team: Team) -> None:
        places = [self.read(place).all_words for place in team.places]
        own = self.read(team.name).words
        self._suffixes.append(own[-1] if own and own[-1] in self._dialect.suffixes else "")
        self._places.append(frozenset(word for words in places if words for word in (*words, initials(words))))
        self._add_name(at, team.name, OFFICIAL)
        nickname = self.read(team.nickname).words if team.location else ()
        self._asides[at] = (*self._asides.get(at, ()), *self.read(team.location or team.name).aside)
        for text in filter(None, (team.location, team.nickname)):
            self._add_name(at, text, KNOWN)
        for text in team.names:
            self._add_name(at, text, CODE if is_code(text) else KNOWN)
        if team.abbreviation:
            self._add_key(at, self.read(team.abbreviation).key, CODE)
        if team.kind == "nation" and self._is_of_few:
            for code in team.places:  # among clubs too many would be taken for a country's: `BOL` may be Bologna
                self._add_key(at, self.read(code).key, CODE)
        if nickname:
            self._add_places(at, team, nickname)
        if self.pool in PERSONS_POOLS:
            self._add_surnames(at, self.read(team.name).words)

    def _add_name(self, at: int, text: str, tier: Tier) -> None:
        name = self.read(text)
        self._add_key(at, name.key, tier)
        self._add_key(at, self._short_key(name.all_words, name.marks), SHORT)
        if name.aside:
            self._asides[at] = (*self._asides.get(at, ()), *name.aside)
            self._add_key(at, "".join((*name.words, *sorted(name.marks))), SHORT)
        if tier != CODE:
            self._add_form(at, name.all_words, (), name.marks)

    def _share_bare_names(self) -> None:
        """Where two are told apart only by what stands in brackets, neither is meant by the bare name alone, whatever
        one of them is known as: Wheaton (IL), Wheaton (MA)."""
        bare: dict[str, set[int]] = defaultdict(set)
        plain: set[str] = set()  # one goes by it without brackets: Northwestern, beside those of MN and OK
        for at, team in enumerate(self.teams):
            for name in map(self.read, filter(None, (team.location, team.name))):
                if name.aside:
                    bare["".join((*name.words, *sorted(name.marks)))].add(at)
                else:
                    plain.add(name.key)
        for key, teams in bare.items():
            for at in teams if len(teams) > 1 and key not in plain else ():
                self._add_key(at, key, KNOWN)

    def _add_places(self, at: int, team: Team, nickname: tuple[str, ...]) -> None:
        """Names that need to know which part is the place: `Chicago WS`, `LV Raiders`, `NM State Aggies`."""
        location = self.read(team.location).all_words
        for short in {nickname[0][0], initials(nickname)}:
            self._add_key(at, "".join(location) + short, SHORT)
        self._add_form(at, location, nickname, frozenset())
        for text in filter(None, (team.abbreviation, *team.names)):
            place = self.read(text).all_words
            self._add_key(at, "".join((*place, *nickname)), SHORT)
            self._add_key(at, "".join((*location, *place)), SHORT)  # `Cleveland Cavs`
            if not is_code(text) and place and place != nickname:
                self._add_form(at, place, nickname, frozenset())

    def _add_surnames(self, at: int, words: tuple[str, ...]) -> None:
        """A person goes by the surname, which may be more than one word: `Davidovich Fokina`, `Fokina`."""
        for first in range(1, len(words)):
            self._add_key(at, "".join(words[first:]), SHORT)
            self._add_form(at, words[first:], words[:first], frozenset())

    def _add_key(self, at: int, key: str, tier: Tier) -> None:
        if key:
            found = self._keys[key]
            found[at] = min(found.get(at, tier), tier)

    def _add_form(self, at: int, core: tuple[str, ...], optional: tuple[str, ...], marks: frozenset[str]) -> None:
        telling = self._dialect.telling(core)
        said = (at, frozenset(telling), optional, marks)
        if not core or (telling and said in self._said):
            return  # it differs from another by affixes
        self._said.add(said)
        form = Form(at, core + optional, core, marks, self._places[at], self._suffixes[at])
        for words in {telling or core, core}:
            self._by_first[words[0]].append((at, words, marks))
        number = len(self._forms)
        for word in {*core, *optional}:  # a team is not found by its place alone
            self._by_word[word].append(number)
        self._forms.append(form)
        for start in _starts_of_codes(telling) if not marks else ():
            self._by_start[start][at, telling] = None

    def _near(self, asked: Asked) -> Iterable[int]:
        """The forms that have most of the words, best first."""
        sums: dict[int, float] = {}
        weigh, by_word = self._dialect.weight, self._by_word
        for word, found in zip(asked.words, asked.known, strict=True):
            if word not in self._dialect.affixes:
                for each, quality in found.items():
                    gain = quality * weigh(each)
                    for at in by_word.get(each, ()):
                        sums[at] = sums.get(at, 0.0) + gain
        if not sums:
            return ()
        least = max(sums.values()) * _FAR
        return heapq.nlargest(_NEAREST, (at for at, gain in sums.items() if gain > least), key=sums.__getitem__)


def _shared(keys: Mapping[str, dict[int, Tier]]) -> Mapping[str, dict[int, Tier]]:
    """Most keys of a team name it in one of few ways: tens of thousands of them are some thousand dicts."""
    known: dict[tuple[tuple[int, Tier], ...], dict[int, Tier]] = {}
    return {key: known.setdefault(tuple(found.items()), found) for key, found in keys.items()}


def _starts_of_codes(words: tuple[str, ...]) -> set[str]:
    """The first two letters of the codes that can stand for these words."""
    return {words[0][:2], *(words[0][0] + word[0] for word in words[1:2])} if words else set()


def _unique_codes(teams: Sequence[Team]) -> dict[TeamId, str]:
    counted = Counter(team.abbreviation.lower() for team in teams)
    return {
        team.id: code if (code := team.abbreviation.lower()) and counted[code] == 1 else team.id.partition(":")[2]
        for team in teams
    }
