// One statement of a game as it can be bought: its ladders, what both hold in common, and what is paid however it ends.
import { Problem, get } from "./api.js";
import { fill, h } from "./elements.js";
import { best, costOf, ladders } from "./ladders.js";
import { payoffTables } from "./payoffs.js";

const MOST = 2; // venues, side by side

/** offer(links, game): the contracts that there are. Returns { element, offer, end }. */
export function marketPart(id) {
  const select = h("select", { "aria-label": "Statement", onchange: () => choose(select.value) });
  const body = h("div", {});
  const paid = h("div", { class: "paid" });
  const element = h("section", { class: "market", hidden: true }, h("div", { class: "toolbar" }, h("h2", {}, "Ladders"), select), body, paid);
  let statements = new Map();
  let chosen = null;
  let shown = { end() {} };
  let schedules = null;
  let pair = ""; // of contracts whose payoffs are shown

  function offer(links, game) {
    statements = byStatement(links, game);
    element.hidden = statements.size === 0;
    const names = [...statements.keys()];
    if (names.join() !== [...select.options].map((each) => each.value).join()) fill(select, names.map((words) => h("option", { value: words }, words)));
    if (!statements.has(chosen)) names.length && choose(names[0]);
    select.value = chosen;
  }

  function choose(words) {
    shown.end();
    chosen = words;
    schedules = null;
    pair = "";
    fill(paid);
    shown = ladders(statements.get(words), () => schedules, take);
    fill(body, shown.element);
  }

  /** Yes at one venue and no at the other, the cheaper way round; shown as it is until the other way pays. */
  async function take(books) {
    if (books.length < MOST) return;
    const way = best(books, schedules ?? {});
    const legs = [way.yes.yes_id, way.no.no_id];
    if (legs.includes(null) || legs.join() === pair || (pair && way.size === 0)) return;
    pair = legs.join();
    try {
      const answer = await get(`/games/${encodeURIComponent(id)}/payoffs?${legs.map((each) => `contract=${encodeURIComponent(each)}`).join("&")}`);
      if (pair !== legs.join()) return; // chosen anew meanwhile
      schedules = Object.fromEntries(answer.legs.map((leg) => [leg.venue, leg.fees]));
      payoffTables(paid, answer, [costOf(way.yes, true, schedules[way.yes.venue]), costOf(way.no, false, schedules[way.no.venue])]);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      pair = "";
      fill(paid, h("p", { class: "dim" }, `${problem.detail}. ${problem.remedy}`));
    }
  }

  return { element, offer, end: () => shown.end() };
}

/** One contract a venue for each statement, the one that pays if it is true where there is one; those of two venues first, of them the home side's win. */
function byStatement(links, game) {
  const found = new Map();
  for (const link of links.filter((each) => each.market_id && each.contract_id && each.polarity && each.verdict !== "rejected")) {
    const words = link.proposition.statement;
    const venues = found.get(words) ?? found.set(words, new Map()).get(words);
    if (!venues.has(link.venue) || (link.polarity === "yes" && venues.get(link.venue).polarity === "no")) venues.set(link.venue, link);
  }
  const listed = [...found].map(([words, venues]) => [words, [...venues.values()].sort((a, b) => b.venue.localeCompare(a.venue)).slice(0, MOST)]);
  const isHomeWin = ([{ proposition }]) => proposition.kind === "moneyline" && proposition.team_id === game.home.id;
  return new Map(listed.sort(([, a], [, b]) => b.length - a.length || isHomeWin(b) - isHomeWin(a)));
}
