// What the home side's win costs at each venue, drawn on one axis, so that a gap between venues is seen.
import { cents } from "./amounts.js";
import { draw, h, venueMark } from "./elements.js";

export const NAMES = { polymarket: "Polymarket", kalshi: "Kalshi" }; // the venues that are drawn, in the colours of tokens.css
export const VENUES = Object.keys(NAMES);

const LATE = 8; // seconds: a shard says how its games stand every two
const STATES = { fresh: "fresh", stale: "stale", quarantined: "in doubt, and never used", indicative: "from the listing: there is no book" };
const [HEIGHT, BAR, GAP] = [24, 8, 3];

/** How a venue's price may be used; stale too where nobody has said anything for a while. */
export function stateOf(glance, venue, now) {
  const told = glance?.venues[venue];
  if (!told) return null;
  return told.state === "fresh" && now - new Date(glance.at).getTime() > LATE * 1000 ? "stale" : told.state;
}

/** A filled dot for fresh, a ring for stale, a hatch for what is in doubt. */
export function freshness(venue, state) {
  const words = `${venueName(venue)}: ${STATES[state] ?? "no price"}`;
  return h("span", { class: `dot ${state ?? "none"}`, role: "img", title: words, "aria-label": words });
}

/** A venue's letter, its dot and its bid and ask in cents: "K ● 53/55". */
export function quoteText(glance, venue, now) {
  const told = glance?.venues[venue];
  const state = stateOf(glance, venue, now);
  return h("span", { class: `quoted ${state ?? "none"}` }, venueMark(venue), freshness(venue, state), h("span", { class: "pair" }, told ? pairText(told) : "–"));
}

export function pairText({ bid, ask }) {
  return `${bid === null ? "–" : cents(bid)}/${ask === null ? "–" : cents(ask)}`;
}

/** One bar a venue from bid to ask, the fair value as a line through both. */
export function bars(glance, now) {
  if (!glance) return null;
  const told = VENUES.filter((venue) => glance.venues[venue]);
  const rows = VENUES.map((venue, at) => [venue, GAP + at * (BAR + GAP - 1)]);
  const words = told.map((venue) => `${venueName(venue)} ${pairText(glance.venues[venue])}`).join(", ");
  return draw("svg", { class: "axis", viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words ? `Home win in cents: ${words}` : "No price" },
    [0, 25, 50, 75, 100].map((at) => draw("line", { class: at === 50 ? "tick half" : "tick", x1: at, x2: at, y1: 0, y2: HEIGHT })),
    gapBetween(glance, now),
    rows.filter(([venue]) => glance.venues[venue]).map(([venue, y]) => bar(glance.venues[venue], venue, stateOf(glance, venue, now), y)),
    glance.fair === null ? null : draw("line", { class: "fair", x1: glance.fair * 100, x2: glance.fair * 100, y1: 1, y2: HEIGHT - 1 }));
}

/** A side that nobody offers reaches to the end of the axis. */
function bar({ bid, ask }, venue, state, y) {
  const [from, to] = [bid === null ? 0 : bid * 100, ask === null ? 100 : ask * 100].sort((a, b) => a - b);
  return draw("rect", { class: `bar ${state}`, "data-venue": venue, x: from, y, width: Math.max(to - from, 0.9), height: BAR });
}

/** What lies between one venue's ask and another's higher bid: there, both sides cost less than a dollar before fees. */
function gapBetween(glance, now) {
  const fresh = VENUES.filter((venue) => stateOf(glance, venue, now) === "fresh").map((venue) => glance.venues[venue]);
  if (fresh.length < 2) return null;
  const [bid, ask] = [Math.max(...fresh.map((each) => Number(each.bid ?? 0))), Math.min(...fresh.map((each) => Number(each.ask ?? 1)))];
  return bid > ask ? draw("rect", { class: "gap", x: ask * 100, y: 0, width: (bid - ask) * 100, height: HEIGHT }) : null;
}

function venueName(venue) {
  return venue.charAt(0).toUpperCase() + venue.slice(1);
}
