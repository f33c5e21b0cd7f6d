// The slate: a row a game, live ones first.
import { cents, gain } from "./amounts.js";
import { Problem, get, poll, post } from "./api.js";
import { fill, h, notice, problemNotice, toast, venueMark, verdict, waiting } from "./elements.js";
import { Table } from "./tables.js";
import { detectorName } from "./legs.js";
import { VENUES, bars, pairText, quoteText, stateOf } from "./prices.js";
import { relative, serverNow, startText, timeElement } from "./times.js";
import { follow, watch } from "./updates.js";

const KINDS = { moneyline: "ML", draw: "DRAW", spread: "SPR", total: "TOT", team_total: "TT", both_to_score: "BTS" };
const HALVES = new Set(["ncaab", "epl", "championship", "laliga", "bundesliga", "seriea", "ligue1", "mls", "nwsl", "ligamx", "ucl", "uel", "uecl", "worldcup", "soccer"]);
const EDGE_FRESH = 60; // seconds
const [OFTEN, SELDOM] = [4, 15]; // seconds
const AGED_EVERY = 2000; // milliseconds: what nobody repeats grows stale before our eyes
const ENDED = { final: "Final", postponed: "Postponed", cancelled: "Cancelled" };

export const title = "Slate";

export function show(root, { query, keys, again }) {
  const filters = { text: "", league: "", teams: new Set() };
  let games = null;
  let isLive = false; // prices come by themselves
  let drawing = 0;
  const kept = new Map(); // by game: its last signal that was kept
  const table = new Table({
    name: "slate",
    columns: columns(kept),
    keyOf: (game) => game.id,
    onOpen: (game) => (location.hash = `#/games/${encodeURIComponent(game.id)}`),
    rowClass: (game) => (game.status in ENDED ? "is-over" : null),
  });
  const search = h("input", { type: "search", id: "search", placeholder: "Team  ( / )", "aria-label": "Search teams", oninput: () => find(search.value) });
  const league = h("select", { "aria-label": "League", onchange: () => ((filters.league = league.value), draw()) }, h("option", { value: "" }, "All leagues"));
  const count = h("span", { class: "count", role: "status" });
  const live = h("span", { class: "live-state", role: "status" });
  const body = h("div", {}, waiting("Asking for the slate"));
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Slate"), live, count, h("span", { class: "grow" }), search, league, table.csvButton()), body);

  async function find(text) {
    filters.text = text.trim().toLowerCase();
    filters.teams = new Set();
    draw();
    if (filters.text.length < 2) return;
    const asked = filters.text;
    const leagues = [...new Set((games ?? []).map((game) => game.league))];
    const found = await Promise.all(leagues.map((sport) => post("/match/resolve", { name: asked, sport }).catch(() => null)));
    if (asked !== filters.text) return; // typed on meanwhile
    filters.teams = new Set(found.flatMap((each) => (each?.team ? [each.team.id] : (each?.candidates ?? []).map((team) => team.id))));
    draw();
  }

  function isShown(game) {
    if (filters.league && game.league !== filters.league) return false;
    if (!filters.text) return true;
    const sides = [game.home, game.away];
    return sides.some((team) => filters.teams.has(team.id) || `${team.name} ${team.abbreviation}`.toLowerCase().includes(filters.text));
  }

  function draw() {
    if (!games) return;
    const shown = games.filter(isShown);
    const live = shown.filter((game) => game.status === "live").length;
    const linked = shown.filter((game) => Object.keys(game.venues).length).length;
    count.textContent = `${shown.length} games, ${live} live, ${linked} linked`;
    drawLeagues();
    if (shown.length) {
      if (!body.contains(table.element)) fill(body, table.element);
      table.show(shown);
    } else fill(body, games.length ? nothingFound() : noGames());
  }

  function drawLeagues() {
    const codes = [...new Set(games.map((game) => game.league))].sort();
    if (league.options.length === codes.length + 1) return;
    fill(league, h("option", { value: "" }, "All leagues"), codes.map((code) => h("option", { value: code }, code.toUpperCase())));
    league.value = filters.league;
  }

  function nothingFound() {
    const clear = () => ((search.value = ""), (league.value = filters.league = ""), find(""));
    return notice("No game of the slate fits", "Neither by name nor by what the matcher knows about it.", h("button", { type: "button", onclick: clear }, "Show all games"));
  }

  /** What moves is told over /ws; the list itself is read now and then, and as often as it must be while nothing is told. */
  function hear(glance) {
    const game = games?.find((each) => each.id === glance.game_id);
    if (!game || (game.glance && game.glance.at > glance.at)) return;
    const { status, period, clock, home_score, away_score } = glance;
    Object.assign(game, { glance, period, clock, home_score, away_score, status: game.status in ENDED ? game.status : status });
    drawing ||= requestAnimationFrame(() => ((drawing = 0), games.sort(liveFirst), draw()));
  }

  function take(page) {
    const known = new Map((games ?? []).map((game) => [game.id, game.glance]));
    games = page.items;
    for (const game of games) {
      const before = known.get(game.id);
      if (before && (!game.glance || before.at > game.glance.at)) hear(before);
    }
    games.sort(liveFirst);
    draw();
  }

  const end = poll(
    "/games?limit=500",
    () => (isLive ? SELDOM : OFTEN),
    take,
    (problem) => games === null && !problem.isOffline && fill(body, problemNotice(problem, again)),
  );
  const note = (signal) => signal.found_at > (kept.get(signal.game_id)?.found_at ?? "") && kept.set(signal.game_id, signal);
  const renew = () => get("/signals?stage=sent&reason=sent&limit=500").then((page) => (page.items.forEach(note), draw()), () => {});
  renew();
  const leave = follow("signals", { tell: (signal) => (note(signal), draw(), table.strike(signal.game_id)), renew });
  const unwatch = watch("slate", (told) => told.games.forEach(hear), (isTold) => ((isLive = isTold), drawLive(live, isLive)));
  const aging = setInterval(() => document.hidden || draw(), AGED_EVERY);
  keys({ table, search });
  if (query.has("search")) search.focus();
  return () => (cancelAnimationFrame(drawing), clearInterval(aging), end(), leave(), unwatch());
}

/** Live games, then those to come, then those that are over; each by start. */
function liveFirst(a, b) {
  const turn = (game) => (game.status === "live" ? 0 : game.status in ENDED ? 2 : 1);
  return turn(a) - turn(b) || a.start.localeCompare(b.start) || a.id.localeCompare(b.id);
}

const columns = (kept) => [
  { key: "league", title: "League", class: "league dim", value: (game) => game.league, cell: (game) => game.league.toUpperCase() },
  { key: "state", title: "State", class: "state", value: (game) => game.start, cell: state },
  { key: "away", title: "Away", class: "away", value: (game) => game.away.name, cell: (game) => side(game, "away") },
  { key: "score", title: "Score", class: "score middle", value: (game) => scoreText(game), cell: (game) => scoreText(game) || h("span", { class: "dim" }, game.is_neutral_site ? "vs" : "at") },
  { key: "home", title: "Home", class: "home", value: (game) => game.home.name, cell: (game) => side(game, "home") },
  { key: "axis", title: "Home win, 0 to 100 ¢", class: "axis-cell", hint: "From bid to ask at each venue, 0 to 100 cents; the line is the fair value, lit is a gap", value: (game) => game.glance?.no_vig ?? "", cell: (game) => bars(game.glance, serverNow()) ?? h("span", { class: "dim" }, "–") },
  ...VENUES.map((venue) => ({
    key: venue,
    title: venue.charAt(0).toUpperCase() + venue.slice(1),
    class: `marks ${venue}`,
    hint: "Bid and ask of the home side, in cents",
    value: (game) => (game.glance?.venues[venue] ? pairText(game.glance.venues[venue]) : ""),
    cell: (game) => marks(game, venue),
  })),
  { key: "edge", title: "Edge", class: "number edge", hint: "After fees, cents a contract: what is left when both sides are bought now, or what the last signal promised", value: (game) => edgeValue(game, kept.get(game.id)), cell: (game) => edge(game, kept.get(game.id)) },
  { key: "verdict", title: "Verdict", class: "verdicts", value: verdictOf, cell: (game) => verdict(verdictOf(game)) },
  { key: "links", title: "Contracts", class: "number links", hint: "Linked contracts, rejected ones not counted", value: linkCount, cell: (game) => String(linkCount(game) || "") },
];

/** Live with period and clock, or when it starts, or how it ended. */
export function state(game) {
  if (game.status === "live") return h("span", { class: "live" }, h("b", {}, "LIVE"), " ", periodText(game));
  if (game.status === "suspended") return h("span", { class: "live" }, "Suspended");
  if (game.status in ENDED) return h("span", { class: "dim" }, ENDED[game.status]);
  return timeElement(game.start, startText(game.start, game.start_is_known));
}

/** As each sport says it: Q3 4:10, 2H 12:46, P2, inning 5, 55'. */
function periodText(game) {
  const clock = game.clock && !/^[0:.]*$/.test(game.clock) ? game.clock : "";
  if (!game.period) return clock;
  if (game.league === "mlb") return `inning ${game.period}`;
  if (clock.includes("'")) return clock;
  const regular = HALVES.has(game.league) ? 2 : game.league === "nhl" ? 3 : 4;
  const letter = { 2: "H", 3: "P", 4: "Q" }[regular];
  const period = game.period <= regular ? `${letter}${game.period}` : `OT${game.period - regular > 1 ? game.period - regular : ""}`;
  return `${period} ${clock}`.trim();
}

export function scoreText(game) {
  if (game.home_score === null || game.away_score === null || game.status === "scheduled") return "";
  return `${game.away_score} – ${game.home_score}`;
}

function side(game, which) {
  const team = game[which];
  const number = which === "home" && game.number ? h("span", { class: "tag", title: "Doubleheader" }, `game ${game.number}`) : null;
  return [h("span", { class: "full" }, team.name), h("span", { class: "short", title: team.name }, team.abbreviation || team.nickname || team.name), number];
}

function marks(game, venue) {
  const found = game.venues[venue];
  if (!found) {
    const mark = venueMark(venue);
    mark.classList.add("is-absent");
    mark.setAttribute("aria-label", `${mark.title}: nothing linked`);
    return mark;
  }
  const open = found.tradable + found.watch;
  const words = found.kinds.map((kind) => KINDS[kind] ?? kind).join(" ") || (open ? "parts only" : "rejected");
  return h("span", { title: `${open} contracts linked: ${words}` }, quoteText(game.glance, venue, serverNow()));
}

/** What the last kept signal promised while it is young; else what both sides leave of a dollar now, as a rule nothing. */
function edge(game, signal) {
  const inCents = (amount) => `${cents(Math.round(amount * 1000) / 1000)} ¢`;
  if (isYoung(signal)) return h("span", { title: `${detectorName(signal.detector)}, ${relative(signal.found_at)}` }, gain(signal.unit_edge, inCents));
  const left = game.glance?.edge;
  const isFresh = VENUES.some((venue) => stateOf(game.glance, venue, serverNow()) === "fresh");
  if (left === null || left === undefined || !isFresh) return h("span", { class: "dim" }, "–");
  if (Number(left) > 0) return h("span", { title: "Both sides cost less than a dollar, fees included; Signals says what became of it" }, gain(left, inCents));
  return h("span", { class: "dim", title: "Both sides cost more than a dollar, fees included" }, inCents(left));
}

function edgeValue(game, signal) {
  return Number((isYoung(signal) ? signal.unit_edge : game.glance?.edge) ?? -1);
}

function isYoung(signal) {
  return signal !== undefined && serverNow() - new Date(signal.found_at).getTime() < EDGE_FRESH * 1000;
}

function drawLive(element, isLive) {
  element.textContent = isLive ? "live" : `asked every ${OFTEN} s`;
  element.title = isLive ? "Prices are shown as they are told over /ws" : "The connection to /ws is being made anew; until then prices are read over REST";
  element.classList.toggle("is-live", isLive);
}

function verdictOf(game) {
  const venues = Object.values(game.venues);
  if (!venues.length) return "unlinked";
  if (!linkCount(game)) return "rejected";
  if (game.is_provisional) return "provisional";
  return venues.some((each) => each.tradable) ? "tradable" : "watch";
}

function linkCount(game) {
  return Object.values(game.venues).reduce((sum, each) => sum + each.tradable + each.watch, 0);
}

function noGames() {
  const refresh = async () => {
    try {
      await post("/discovery/refresh", {});
      toast("Asked for a round now");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problem.status === 401 ? "Open the page by its one-time link to ask for a round" : problem.detail);
    }
  };
  return notice(
    "No games now",
    "Games appear when they are live or start soon (DISCOVERY__AHEAD). Discovery looks again by itself; Health shows when it last did.",
    h("button", { type: "button", class: "first", onclick: refresh }, "Look now"),
    " ",
    h("a", { href: "#/health" }, "Health"),
  );
}
