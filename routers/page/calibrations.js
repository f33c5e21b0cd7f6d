// How good probabilities were: what was said against what came, with how often it was said.
import { count } from "./amounts.js";
import { draw, fill, h } from "./elements.js";

const [LEFT, TOP, SIDE, COUNTS] = [34, 8, 240, 44];
const WIDTH = LEFT + SIDE + 12;
const HEIGHT = TOP + SIDE + COUNTS + 34;
const MOST = 9; // pixels of the largest dot

const ENOUGH = 5; // games, below which drawing them anew says nothing

let chosen = "";

/** found: one for each source and league. */
export function calibration(found) {
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Which source" });
  const body = h("div", {});
  const name = (each) => `${each.source} ${each.league}`;

  function show() {
    const shown = found.find((each) => name(each) === chosen) ?? found.find((each) => each.league === "all") ?? found[0];
    fill(chips, found.map((each) => h("button", { type: "button", "aria-pressed": String(each === shown), onclick: () => ((chosen = name(each)), show()) }, `${each.source}, ${each.league === "all" ? "all" : each.league.toUpperCase()}`)));
    fill(body, h("div", { class: "calibration" }, diagram(shown), scores(shown)));
  }

  if (found.length) show();
  else fill(body, h("p", { class: "dim" }, "No game that somebody gave a probability for is over yet."));
  return h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Calibration"), chips), body);
}

function diagram(shown) {
  const x = (share) => LEFT + SIDE * share;
  const y = (share) => TOP + SIDE * (1 - share);
  const floor = TOP + SIDE + 22 + COUNTS;
  const most = Math.max(...shown.bins.map((bin) => bin.n), 1);
  const label = (text, at) => draw("text", at, text);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => [
    draw("line", { class: "tick", x1: x(share), x2: x(share), y1: TOP, y2: TOP + SIDE }),
    draw("line", { class: "tick", x1: LEFT, x2: LEFT + SIDE, y1: y(share), y2: y(share) }),
    label(`${share * 100}`, { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }),
    label(`${share * 100}`, { x: x(share), y: TOP + SIDE + 14, "text-anchor": "middle" }),
  ]);
  const bins = shown.bins.map((bin) => [
    draw("line", { class: "band", x1: x(bin.said), x2: x(bin.said), y1: y(bin.came_low), y2: y(bin.came_high) }),
    draw("circle", { class: "dot", cx: x(bin.said), cy: y(bin.came), r: 3 + MOST * Math.sqrt(bin.n / most) * 0.6 }, draw("title", {}, binText(bin))),
    draw("rect", { class: "many", x: x(bin.low) + 1, width: SIDE * (bin.high - bin.low) - 2, y: floor - (COUNTS * bin.n) / most, height: (COUNTS * bin.n) / most }, draw("title", {}, binText(bin))),
    label(count(bin.n), { x: x((bin.low + bin.high) / 2), y: floor + 11, "text-anchor": "middle", class: "few" }),
  ]);
  const words = `Reliability of ${shown.source}: ${shown.bins.map(binText).join("; ")}`;
  return h("figure", { class: "chart reliability" },
    draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words }, grid, draw("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }), bins),
    h("figcaption", { class: "dim" }, "Said, in %, against how often it came; the line is 95 %, the bars are how many moments."));
}

function binText(bin) {
  return `${(100 * bin.said).toFixed(0)} % was said ${count(bin.n)} times in ${count(bin.groups)} games, and came in ${(100 * bin.came).toFixed(0)} %`;
}

/** Lower is better; the market's own price is scored at the same moments. */
function scores(shown) {
  const { difference } = shown;
  const row = (words, ...cells) => h("tr", {}, h("th", { scope: "row" }, words), cells.map((cell) => h("td", { class: "number" }, cell)));
  const isKnown = difference && difference.groups >= ENOUGH;
  const isSure = isKnown && (difference.high < 0 || difference.low > 0);
  const better = difference && difference.mean < 0 ? shown.source : "the market";
  return h("div", {},
    h("table", { class: "table" }, h("caption", { class: "unseen" }, "Scores"), h("thead", {}, h("tr", {}, h("td", {}), ["Brier", "Log loss"].map((words) => h("th", { scope: "col", class: "number" }, words)))),
      h("tbody", {}, row(shown.source, shown.brier.toFixed(4), shown.log_loss.toFixed(4)), row("the market", numberText(shown.market_brier), numberText(shown.market_log_loss)))),
    h("p", { class: "dim" }, `${count(shown.n)} moments of ${shown.games === 1 ? "one game" : `${count(shown.games)} games`}; lower is better.`),
    difference && !isKnown ? h("p", { class: "verdict watch" }, "◐ too few games to say who is better") : null,
    isKnown ? h("p", {}, isSure ? h("b", {}, `${better} is better`) : h("span", { class: "verdict watch" }, "◐ nobody is better yet"), h("span", { class: "dim" }, rangeText(difference))) : null);
}

/** Of the Brier scores, as 19 of 20 draws of games have it. */
function rangeText({ mean, low, high }) {
  const [least, most] = mean < 0 ? [-high, -low] : [low, high];
  return `: by ${Math.abs(mean).toFixed(4)}, between ${least.toFixed(4)} and ${most.toFixed(4)} in 19 of 20 draws of games`.replaceAll("-", "−");
}

function numberText(value) {
  return value === null || value === undefined ? "–" : value.toFixed(4);
}
