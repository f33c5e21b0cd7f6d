"""The names of a pool of teams, indexed once: by exact key, by the words in them, and by the codes they can have."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from app.domain.leagues import Pool
from app.domain.teams import Team, TeamId
from app.matching.comparisons import AFFIXES, LEAST, compare_words, cover, is_spelt_by
from app.matching.names import Name, initials, is_code, read_name

SOCCER = Pool("soccer")
WOMENS_POOLS = frozenset({Pool("wnba"), Pool("ncaaw")})

_NOISE_WEIGHT = 0.05
_UNHEARD_WEIGHT = 0.45  # of a word no team of the pool has: it says little
_LEAST_WEIGHT = 0.25
_UNSAID_POWER = 0.3  # names are shortened far more often than lengthened
_INITIAL_IS_NOT_ENOUGH = 0.8
_NEAREST = 24  # forms compared word by word

Tier = int
OFFICIAL, KNOWN, CODE, SHORT = range(4)  # how a key names its team; a lower tier hides the higher ones


class Form(msgspec.Struct, frozen=True, gc=False):
    """One way to write a team. `optional` words may be missing: the nickname after the location."""

    team: int
    core: tuple[str, ...]
    optional: tuple[str, ...]
    marks: frozenset[str]


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """A team and how well the name's words cover one of its forms, 0..1."""

    score: float
    team: Team


class TeamIndex:
    """Every name of a set of teams."""

    def __init__(self, teams: Iterable[Team], pool: Pool) -> None:
        self.pool = pool
        self.teams: Sequence[Team] = tuple(teams)
        self._is_soccer = pool == SOCCER
        self._implied = frozenset({"women"}) if pool in WOMENS_POOLS else frozenset()
        self._keys: dict[str, dict[int, Tier]] = defaultdict(dict)
        self._forms: list[Form] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_letter: dict[str, list[int]] = defaultdict(list)
        for at, team in enumerate(self.teams):
            self._add(at, team)
        self._weights = self._weigh()
        self._vocabulary: dict[str, list[str]] = defaultdict(list)
        for word in self._by_word:
            self._vocabulary[word[0]].append(word)
        self.expand = lru_cache(8_192)(self._expand)
        self._codes = _unique_codes(self.teams)

    def read(self, text: str) -> Name:
        """The name as this pool's sport writes names."""
        return read_name(text, self._is_soccer)

    def code(self, team_id: TeamId) -> str:
        """A short code that no other team here has."""
        return self._codes[team_id]

    def official(self, key: str) -> tuple[Team, ...]:
        """Teams whose full name has this key."""
        return tuple(self.teams[at] for at, tier in self._keys.get(key, {}).items() if tier == OFFICIAL)

    def exact(self, name: Name) -> tuple[Tier, tuple[Team, ...]]:
        """The teams this very name belongs to, by the best tier any of them has."""
        return self._best(self._keys.get(name.key, {}))

    def short(self, name: Name) -> tuple[Team, ...]:
        """The teams whose name it is once affixes are dropped; one that needs no dropping goes before the others."""
        key = self._short_key(name)
        return self._best(self._keys.get(key, {}))[1] if key and key != name.key else ()

    def ranked(self, name: Name) -> list[Ranked]:
        """Teams whose forms the words cover, best first."""
        best: dict[int, float] = {}
        for at in self._near(name):
            form = self._forms[at]
            if form.marks == self._marks(name):
                best[form.team] = max(best.get(form.team, 0.0), self._score(name.all_words, form))
        found = [Ranked(score, self.teams[at]) for at, score in best.items() if score > LEAST]
        return sorted(found, key=lambda ranked: -ranked.score)

    def spelt_by(self, code: str) -> list[Ranked]:
        """Teams a short code can stand for: beginnings of the words of a name, one after the other."""
        best: dict[int, float] = {}
        for at in self._by_letter.get(code[0], ()):
            form = self._forms[at]
            if not form.marks:
                best[form.team] = max(best.get(form.team, 0.0), _code_score(code, form))
        found = [Ranked(score, self.teams[at]) for at, score in best.items() if score > 0]
        return sorted(found, key=lambda ranked: -ranked.score)

    def _marks(self, name: Name) -> frozenset[str]:
        return name.marks - self._implied

    def _best(self, found: dict[int, Tier]) -> tuple[Tier, tuple[Team, ...]]:
        if not found:
            return SHORT, ()
        tier = min(found.values())
        return tier, tuple(self.teams[at] for at, each in found.items() if each == tier)

    def _short_key(self, name: Name) -> str:
        words = [word for word in name.all_words if word not in AFFIXES]
        return "".join((*words, *sorted(self._marks(name))))

    def _add(self, at: int, team: Team) -> None:
        self._add_name(at, team.name, OFFICIAL)
        for text in filter(None, (team.location, team.nickname)):
            self._add_name(at, text, KNOWN)
        for text in team.names:
            self._add_name(at, text, CODE if is_code(text) else KNOWN)
        if team.abbreviation:
            self._add_key(at, self.read(team.abbreviation).key, CODE)
        if team.location and team.nickname:
            self._add_split(at, team)

    def _add_name(self, at: int, text: str, tier: Tier) -> None:
        name = self.read(text)
        self._add_key(at, name.key, tier)
        self._add_key(at, self._short_key(name), SHORT)
        if name.aside:
            self._add_key(at, "".join((*name.words, *sorted(name.marks))), SHORT)
        if tier != CODE:
            self._add_form(Form(at, name.all_words, (), self._marks(name)))

    def _add_split(self, at: int, team: Team) -> None:
        """Forms that need to know which part is the place: `Los Angeles L`, `Chicago WS`, `LV Raiders`."""
        location, nickname = self.read(team.location), self.read(team.nickname)
        self._add_form(Form(at, location.all_words, nickname.all_words, frozenset()))
        place = "".join(location.all_words)
        for short in {nickname.words[0][0], initials(nickname.words)}:
            self._add_key(at, place + short, SHORT)
        for code in (team.abbreviation, *filter(is_code, team.names)):
            self._add_key(at, self.read(code).key + "".join(nickname.words), SHORT)

    def _add_key(self, at: int, key: str, tier: Tier) -> None:
        if key:
            found = self._keys[key]
            found[at] = min(found.get(at, tier), tier)

    def _add_form(self, form: Form) -> None:
        at = len(self._forms)
        self._forms.append(form)
        for word in {*form.core, *form.optional}:
            self._by_word[word].append(at)
        for word in form.core:
            if word not in AFFIXES:
                self._by_letter[word[0]].append(at)
                break

    def _weigh(self) -> dict[str, float]:
        counted = Counter(word for word, at in self._by_word.items() for _ in {self._forms[form].team for form in at})
        most = math.log(max(len(self.teams), 3))
        return {
            word: _NOISE_WEIGHT if word in AFFIXES else max(_LEAST_WEIGHT, 1 - math.log(number) / most)
            for word, number in counted.items()
        }

    def _expand(self, word: str) -> tuple[tuple[str, float], ...]:
        """The words of the pool that this word can stand for."""
        found = [(known, compare_words(word, known)) for known in self._vocabulary.get(word[0], ())]
        near = [(known, quality) for known, quality in found if quality >= LEAST]
        if not any(quality > _INITIAL_IS_NOT_ENOUGH for _, quality in near):
            others = (known for letter, words in self._vocabulary.items() if letter != word[0] for known in words)
            near += [(known, quality) for known in others if (quality := compare_words(word, known)) >= LEAST]
        return tuple(near)

    def _near(self, name: Name) -> Iterable[int]:
        """Forms that share the most with the name, by word; the rest is not worth comparing."""
        sums: dict[int, float] = defaultdict(float)
        for word in dict.fromkeys(name.all_words):
            if word in AFFIXES:
                continue
            for known, quality in self.expand(word):
                gain = quality * self._weights[known]
                for at in self._by_word[known]:
                    sums[at] += gain
        return sorted(sums, key=lambda at: -sums[at])[:_NEAREST]

    def _score(self, words: tuple[str, ...], form: Form) -> float:
        whole = form.core + form.optional
        found = cover(words, whole)
        size = len(form.core)
        unsaid = [whole[at] for at in found.unsaid if at < size]
        lost = self._share([words[at] for at in found.left_over], words)
        hidden = self._share(unsaid, form.core)
        return found.quality * max(0.0, 1 - lost) * float((1 - hidden) ** _UNSAID_POWER)

    def _share(self, part: Sequence[str], whole: Sequence[str]) -> float:
        total = sum(self._weight(word) for word in whole)
        return min(1.0, sum(self._weight(word) for word in part) / total) if total else 0.0

    def _weight(self, word: str) -> float:
        known = self._weights.get(word)
        if known is not None:
            return known
        return _NOISE_WEIGHT if word in AFFIXES else _UNHEARD_WEIGHT if self._is_soccer else 1.0


def _code_score(code: str, form: Form) -> float:
    words = tuple(word for word in form.core if word not in AFFIXES)
    if len(words) > 1 and is_spelt_by(code, words):
        return 0.9
    if len(words) > 1 and code.endswith("u") and is_spelt_by(code[:-1], words):
        return 0.85
    if len(code) > 2 and words and words[0].startswith(code):
        return 0.85 if len(words) == 1 else 0.75
    return 0.0


def _unique_codes(teams: Sequence[Team]) -> dict[TeamId, str]:
    counted = Counter(team.abbreviation.lower() for team in teams)
    return {
        team.id: code if (code := team.abbreviation.lower()) and counted[code] == 1 else team.id.partition(":")[2]
        for team in teams
    }
