// What a game cost over time: both venues' middles, the fair value, the scores, and what was bought and sold here.
import { cents, contracts } from "./amounts.js";
import { Problem, get } from "./api.js";
import { axis, chart, token } from "./charts.js";
import { fill, h, notice } from "./elements.js";
import { NAMES, VENUES } from "./prices.js";

const EVERY = 3; // seconds, as points are kept
const FILLS_EVERY = 9;

/** game(): as it is known, or null. */
export function priceChart(id, game) {
  const path = { points: [], scores: [] };
  let fills = [];
  let rounds = 0;
  let timer = 0;
  let isOver = false;
  const drawing = chart(() => ({ traces: traces(path, fills, game()), layout: layout() }), () => spoken(path, game()));
  const body = h("div", { class: "price-chart" });

  async function ask() {
    clearTimeout(timer);
    if (isOver) return;
    if (!document.hidden) await read();
    if (!isOver) timer = setTimeout(ask, EVERY * 1000);
  }

  async function read() {
    const since = path.points.at(-1)?.at;
    try {
      const news = await get(`/games/${encodeURIComponent(id)}/prices/history?points=1200${since ? `&since=${encodeURIComponent(since)}` : ""}`);
      path.points.push(...news.points);
      path.scores.push(...news.scores);
      if (rounds++ % (FILLS_EVERY / EVERY) === 0) fills = (await get(`/fills?game=${encodeURIComponent(id)}&limit=500`)).items;
      if (isOver) return;
      if (!path.points.length) fill(body, notice("No prices yet", "Points are kept from when somebody works on the game; Health shows the workers.", h("a", { href: "#/health" }, "Health")));
      else show(news.points.length > 0);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!path.points.length && !problem.isOffline) fill(body, h("p", { class: "dim" }, `${problem.detail}. ${problem.remedy}`));
    }
  }

  function show(isNews) {
    if (!drawing.element.isConnected) fill(body, drawing.element);
    else if (!isNews) return;
    drawing.draw();
  }

  const wake = () => document.hidden || ask();
  document.addEventListener("visibilitychange", wake);
  ask();
  const end = () => ((isOver = true), clearTimeout(timer), document.removeEventListener("visibilitychange", wake), drawing.end());
  return { element: body, end };
}

function traces(path, fills, game) {
  const x = path.points.map((point) => local(point.at));
  const fair = path.points.map((point) => (point.fair === null ? null : point.fair * 100));
  const lines = VENUES.map((venue) => ({ type: "scatter", mode: "lines", name: NAMES[venue], x, y: path.points.map((point) => middle(point.venues[venue])), line: { color: token(venue), width: 2, shape: "hv" }, hovertemplate: "%{y:.1f} ¢" }));
  return [
    ...lines,
    fair.some((value) => value !== null) ? { type: "scatter", mode: "lines", name: "Fair value", x, y: fair, line: { color: token("text"), width: 1, dash: "dot", shape: "hv" }, hovertemplate: "%{y:.1f} ¢" } : null,
    scoreMarks(path),
    ...trades(fills, game),
  ].filter(Boolean);
}

/** The library shows every moment as if it were in UTC; the rest of the page speaks of where one is. */
function local(moment) {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}

/** Half-way between bid and ask, in cents; nothing where a side is missing or nobody could be believed. */
function middle(pair) {
  return pair && pair[0] !== null && pair[1] !== null ? (Number(pair[0]) + Number(pair[1])) * 50 : null;
}

function scoreMarks({ scores }) {
  if (!scores.length) return null;
  const text = scores.map((point) => `${point.away_score} – ${point.home_score}${point.period ? `, period ${point.period} ${point.clock}` : ""}`);
  return { type: "scatter", mode: "markers", name: "Score", x: scores.map((point) => local(point.at)), y: scores.map(() => 0), yaxis: "y2", marker: { symbol: "line-ns-open", size: 9, color: token("dim"), line: { width: 1 } }, text, hovertemplate: "%{text}" };
}

/** Bought: a triangle that points up; sold: one that points down, hollow. In terms of the home side. */
function trades(fills, game) {
  const isHome = (each) => sideOf(each, game) > 0;
  const shown = fills.filter((each) => each.stage !== "undone" && sideOf(each, game));
  return ["buy", "sell"].map((deed) => {
    const own = shown.filter((each) => (each.side.toLowerCase() === "buy") === (deed === "buy"));
    if (!own.length) return null;
    const price = (each) => (isHome(each) ? Number(each.price) : 1 - Number(each.price)) * 100;
    const words = (each) => `${each.side.toLowerCase()} ${contracts(each.size)} ${isHome(each) ? "home" : "against home"} at ${cents(each.price)} ¢ on ${NAMES[each.venue] ?? each.venue}, ${each.account.replace(/[<&]/g, "")}`; // the library reads markup
    const color = own.map((each) => token(each.venue) || token("text"));
    return { type: "scatter", mode: "markers", name: deed === "buy" ? "Entries" : "Exits", x: own.map((each) => local(each.venue_time)), y: own.map(price), text: own.map(words), marker: { symbol: deed === "buy" ? "triangle-up" : "triangle-down-open", size: 11, color, line: { width: 1, color: deed === "buy" ? token("ground") : color } }, hovertemplate: "%{text}" };
  });
}

/** 1 where a contract pays for the home side's win, -1 where it pays against it, 0 where it is about something else. */
function sideOf({ proposition, polarity }, game) {
  if (!game || proposition?.kind !== "moneyline" || !["game", "regulation"].includes(proposition.period)) return 0;
  const isHome = proposition.team_id === game.home.id;
  return isHome === (polarity === "yes") ? 1 : -1;
}

function layout() {
  return {
    height: 260,
    xaxis: axis({ type: "date", showgrid: false, tickformatstops: [{ dtickrange: [null, 59_999], value: "%H:%M:%S" }, { dtickrange: [60_000, null], value: "%H:%M" }] }),
    yaxis: axis({ ticksuffix: " ¢", rangemode: "normal", nticks: 6 }),
    yaxis2: { overlaying: "y", range: [-0.06, 1], visible: false, fixedrange: true },
  };
}

function spoken(path, game) {
  const last = path.points.at(-1);
  const venues = VENUES.filter((venue) => last.venues[venue]).map((venue) => `${NAMES[venue]} ${middle(last.venues[venue])?.toFixed(1) ?? "one-sided"} cents`);
  return `What ${game ? game.home.name : "the home side"} winning cost over time, ${path.points.length} points and ${path.scores.length} scores: ${[...venues, last.fair === null ? null : `fair value ${(last.fair * 100).toFixed(1)}`].filter(Boolean).join(", ")} now`;
}
