// Both venues' ladders of one statement side by side, and what both hold of it together for less than a dollar.
import { cents, contracts, gain } from "./amounts.js";
import { Problem, get } from "./api.js";
import { fill, h, notice, venueMark } from "./elements.js";
import { freshness } from "./prices.js";
import { timeElement } from "./times.js";

const EVERY = 2; // seconds
const SHOWN = 8; // levels of a side

/**
 * One statement's ladders. chosen: a contract a venue, [{ venue, market_id, contract_id, polarity }]. schedules(): what is
 * charged by venue, null until that is known. onBooks(books): each time they were read. Returns { element, end }.
 */
export function ladders(chosen, schedules, onBooks) {
  const element = h("div", { class: "ladders" });
  const words = h("p", { class: "common-words", role: "status" });
  const root = h("div", {}, words, element);
  let timer = 0;
  let isOver = false;
  let books = [];

  async function ask() {
    clearTimeout(timer);
    if (isOver) return;
    if (!document.hidden) {
      books = await Promise.all(chosen.map(read));
      if (isOver) return;
      draw();
      onBooks(books.filter((book) => book.contract_id));
    }
    timer = setTimeout(ask, EVERY * 1000);
  }

  async function read(contract) {
    try {
      const book = await get(`/markets/${contract.venue}/${encodeURIComponent(contract.market_id)}/book?outcome=${encodeURIComponent(contract.contract_id)}`);
      return turned(book, contract.polarity === "no");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return { venue: contract.venue, problem };
    }
  }

  function draw() {
    const whole = books.filter((book) => book.bids && book.state === "fresh");
    const fees = schedules();
    const taken = whole.length > 1 && fees ? best(whole, fees) : null;
    fill(words, fees || books.length < 2 ? commonWords(books, taken) : null);
    const rungs = Math.max(0, ...books.map((book) => Math.min(SHOWN, book.asks?.length ?? 0))); // so that both spreads lie level
    fill(element, books.map((book) => (book.problem ? missing(book) : ladder(book, taken, rungs))));
  }

  const wake = () => document.hidden || ask();
  document.addEventListener("visibilitychange", wake);
  ask();
  const end = () => ((isOver = true), clearTimeout(timer), document.removeEventListener("visibilitychange", wake));
  return { element: root, end };
}

/** In terms of the statement's yes: a contract that pays if it is false costs what yes leaves of a dollar. */
function turned(book, isNo) {
  const levels = (side) => side.map(([price, size]) => [Number(price), Number(size)]);
  const mirrored = (side) => levels(side).map(([price, size]) => [1 - price, size]);
  const sides = isNo ? { bids: mirrored(book.asks), asks: mirrored(book.bids), yes_id: book.complement_id, no_id: book.contract_id } : { bids: levels(book.bids), asks: levels(book.asks), yes_id: book.contract_id, no_id: book.complement_id };
  return { ...book, ...sides };
}

/** The better of both ways round: yes at one venue, no at the other. */
export function best(books, schedules) {
  const ways = books.flatMap((yes) => books.filter((no) => no !== yes).map((no) => walk(yes, no, schedules)));
  return ways.sort((a, b) => b.profit - a.profit || a.first - b.first)[0];
}

/** Both ladders walked at one count, as long as both sides with their fees cost less than a dollar. */
function walk(yes, no, schedules) {
  const way = { yes, no, size: 0, profit: 0, first: null, asks: new Map(), bids: new Map() };
  let [at, of] = [0, 0];
  const left = [yes.asks.map(([, size]) => size), no.bids.map(([, size]) => size)];
  while (at < yes.asks.length && of < no.bids.length) {
    const [ask, bid] = [yes.asks[at][0], no.bids[of][0]];
    const cost = ask + fee(schedules[yes.venue], ask) + (1 - bid) + fee(schedules[no.venue], bid);
    way.first ??= cost;
    if (cost >= 1) break;
    const size = Math.min(left[0][at], left[1][of]);
    way.size += size;
    way.profit += size * (1 - cost);
    way.asks.set(at, (way.asks.get(at) ?? 0) + size);
    way.bids.set(of, (way.bids.get(of) ?? 0) + size);
    if ((left[0][at] -= size) <= 1e-9) at += 1;
    if ((left[1][of] -= size) <= 1e-9) of += 1;
  }
  return way;
}

/** Of one contract, before it is rounded for its order. */
function fee(schedule, price) {
  return schedule ? Number(schedule.taker) * (price * (1 - price)) ** schedule.exponent : 0;
}

function commonWords(books, taken) {
  if (books.length < 2) return h("span", { class: "dim" }, "One venue alone lists this: there is nothing to buy against it.");
  if (!taken) return h("span", { class: "verdict watch" }, "◐ Not both ladders can be believed now: nothing is in common.");
  if (taken.size > 0) return [h("b", {}, `${contracts(taken.size)} contracts in common: `), "yes on ", venueMark(taken.yes.venue), " and no on ", venueMark(taken.no.venue), " leave ", gain(taken.profit), " after fees, when the game is played"];
  if (taken.first === null) return h("span", { class: "dim" }, "One of the sides is offered by nobody.");
  return h("span", { class: "dim" }, `Nothing in common: yes and no cost ${cents(taken.first.toFixed(4))} ¢ with fees, and pay 100 ¢.`);
}

function missing({ venue, problem }) {
  return h("section", { class: "ladder" }, h("h3", {}, venueMark(venue)), notice("No ladder", problem.detail));
}

function ladder(book, taken, rungs) {
  const blank = Array.from({ length: Math.max(0, rungs - book.asks.length) }, () => h("tr", { class: "blank", "aria-hidden": "true" }, h("td", {}), h("td", {}), h("td", {})));
  const asks = taken?.yes === book ? taken.asks : new Map();
  const bids = taken?.no === book ? taken.bids : new Map();
  const most = Math.max(1, ...[...book.asks.slice(0, SHOWN), ...book.bids.slice(0, SHOWN)].map(([, size]) => size));
  const side = (levels, marks, kind) => levels.slice(0, SHOWN).map((level, at) => row(level, kind, marks.get(at) ?? 0, most));
  const gap = book.asks.length && book.bids.length ? `${cents((book.asks[0][0] - book.bids[0][0]).toFixed(4))} ¢ apart` : "one side is empty";
  const beyond = (shown, more) => (shown.length > SHOWN || more ? h("tr", { class: "beyond" }, h("td", { colspan: 3 }, `${Math.max(0, shown.length - SHOWN) + more} more levels`)) : null);
  const head = ["Bid size", "Price", "Ask size"].map((words) => h("th", { scope: "col" }, words));
  return h("section", { class: "ladder" },
    h("h3", {}, venueMark(book.venue), freshness(book.venue, book.state), h("span", {}, book.venue.charAt(0).toUpperCase() + book.venue.slice(1)), h("span", { class: "dim" }, book.doubt ? ` in doubt: ${book.doubt}` : "", book.received_at ? [" moved ", timeElement(book.received_at)] : "")),
    h("table", { class: `table rungs ${book.state}` },
      h("caption", { class: "unseen" }, `Ladder of ${book.venue}, asks above bids`),
      h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, beyond(book.asks, book.asks_beyond) ?? h("tr", { class: "blank", "aria-hidden": "true" }, h("td", { colspan: 3 })), blank, side(book.asks, asks, "ask").reverse(), h("tr", { class: "spread" }, h("td", { colspan: 3 }, gap)), side(book.bids, bids, "bid"), beyond(book.bids, book.bids_beyond))));
}

function row([price, size], kind, taken, most) {
  const bar = h("i", { class: "depth", "aria-hidden": "true" });
  bar.style.width = `${(100 * size) / most}%`;
  const words = taken ? `${contracts(taken)} of ${contracts(size)} in common` : null;
  const cell = h("td", { class: "size", title: words }, bar, h("span", {}, taken ? h("b", {}, contracts(size)) : contracts(size), taken ? h("span", { class: "unseen" }, `, ${words}`) : null));
  return h("tr", { class: `rung-${kind}${taken ? " is-common" : ""}` }, kind === "bid" ? cell : h("td", {}), h("td", { class: "price" }, cents(price.toFixed(4))), kind === "ask" ? cell : h("td", {}));
}

/** What a position of both sides costs now, a contract, with fees; null where a side is missing. */
export function costOf(book, isYes, schedule) {
  const [level] = isYes ? book.asks : book.bids;
  if (!level) return null;
  const price = isYes ? level[0] : 1 - level[0];
  return price + fee(schedule, price);
}

