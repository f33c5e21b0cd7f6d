// The matcher by hand: two names and a sport, the verdict field by field, and the radar of what is tied to nothing.
import { aliasForm, aliases } from "./aliases.js";
import { Problem, poll, post } from "./api.js";
import { SPORTS, debounced, input, labelled, sportSelect } from "./asks.js";
import { fill, finding, h, notice, venueMark } from "./elements.js";
import { reasonList } from "./game.js";
import { overrides } from "./overrides.js";
import { Table } from "./tables.js";
import { startText, timeElement } from "./times.js";

const METHODS = { exact: ", by the names themselves", alias: ", by known names", context: ", by the context", fuzzy: ", by likeness" };
const FIELDS = ["name", "location", "nickname", "abbreviation", "id"];

export const title = "Match";

export function show(root, { query: asked, keys }) {
  const target = input("target", "Celtics", asked.get("target"));
  const candidate = input("candidate", "Boston Celtics", asked.get("candidate"));
  const sport = sportSelect("sport", asked.get("sport") ?? "nba");
  const opponent = input("opponent", "Duke", asked.get("opponent"));
  const result = h("section", { class: "result", "aria-live": "polite" }, invitation());
  let last = null;
  const ask = debounced(200, async () => {
    last?.abort();
    last = new AbortController();
    if (!target.value.trim() || !candidate.value.trim()) return fill(result, invitation());
    const context = opponent.value.trim() ? { opponent: opponent.value.trim() } : null;
    const question = { target: target.value, candidate: candidate.value, sport: sport.value, context };
    try {
      const answer = await post("/match", question, last.signal);
      return fill(result, answerView(answer, question, choose));
    } catch (problem) {
      if (problem.name === "AbortError") return null;
      if (!(problem instanceof Problem)) throw problem;
      return fill(result, notice(problem.title, `${problem.detail}. ${problem.remedy}`));
    }
  });
  const choose = (box, name) => ((box === "target" ? target : candidate).value = name, ask());
  const form = h(
    "form",
    { class: "ask", oninput: ask, onsubmit: (event) => (event.preventDefault(), ask()) },
    labelled("One name", target),
    labelled("Another name", candidate),
    labelled("Sport", sport),
    labelled("Opponent (optional)", opponent),
  );
  const book = aliases();
  const found = radar(book.renew);
  const said = overrides();
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Match")), form, result, found.element, h("div", { class: "halves" }, book.element, said.element));
  if (asked.get("target")) ask();
  keys({ table: found.table, search: target });
  return () => (found.end(), said.end(), book.end());
}

function invitation() {
  return h("p", { class: "dim" }, "Are two names one team? The answer comes as you type, from the same matcher that links every contract.");
}

function answerView(answer, question, choose) {
  const words = answer.is_match ? "One team" : answer.candidates.length > 1 ? "Ambiguous" : "Not one team";
  const kind = answer.is_match ? "yes" : answer.candidates.length > 1 ? "unclear" : "no";
  const sign = { yes: "✓", no: "✗", unclear: "?" }[kind];
  const meter = h("meter", { min: 0, max: 1, value: answer.confidence, "aria-label": "Confidence" });
  return [
    h("p", { class: `decision ${kind}` }, h("span", { "aria-hidden": "true" }, `${sign} `), words),
    h("p", { class: "facts" }, meter, ` ${answer.confidence.toFixed(2)} sure`, METHODS[answer.method] ?? ""),
    h("div", { class: "halves answer" },
      h("div", { class: "scroll" }, compareTable(answer, question)),
      h("div", {}, reasonList(answer.reasons), answer.candidates.length > 1 ? candidates(answer, choose) : null)),
  ];
}

function compareTable(answer, question) {
  const [ours, theirs] = [answer.target_team, answer.candidate_team];
  const row = (field) => {
    const [left, right] = [ours?.[field], theirs?.[field]];
    const kind = !left || !right ? "unknown" : left === right ? "agrees" : "differs";
    return h("tr", {}, h("th", { scope: "row" }, field), h("td", {}, left || "–"), h("td", { class: "middle" }, finding(kind)), h("td", {}, right || "–"));
  };
  const head = h("tr", {}, h("td", {}), h("th", { scope: "col" }, question.target), h("td", {}), h("th", { scope: "col" }, question.candidate));
  return h("table", { class: "table compare" }, h("caption", { class: "unseen" }, "The two teams, field by field"), h("thead", {}, head), h("tbody", {}, FIELDS.map(row)));
}

function candidates(answer, choose) {
  const box = answer.target_team ? "candidate" : "target";
  const chip = (team) => h("button", { type: "button", onclick: () => choose(box, team.name) }, team.name);
  return h("div", { class: "chips" }, h("span", { class: "dim" }, "Could mean:"), answer.candidates.slice(0, 24).map(chip));
}

/** taught(): a name was taught. */
function radar(taught) {
  const forms = new Map(); // by row: what was typed stays, whatever is told anew of the listing
  const keyOf = (item) => `${item.venue} ${item.event_id} ${item.market_id} ${item.outcome}`;
  const formOf = (item) => forms.get(keyOf(item)) ?? forms.set(keyOf(item), aliasForm(nameIn(item), sportOf(item), taught)).get(keyOf(item));
  const table = new Table({ name: "unmatched", columns: RADAR_COLUMNS, keyOf, detail: (item) => radarDetail(item, formOf) });
  const codes = h("div", { class: "chips", role: "group", "aria-label": "Reasons" });
  const count = h("span", { class: "count" });
  const body = h("div", {});
  const element = h("section", { class: "radar" }, h("div", { class: "toolbar" }, h("h2", {}, "Unmatched radar"), count, h("span", { class: "grow" }), table.tools()), codes, body);
  let code = "";
  let page = null;
  let end = () => {};
  const watch = () => {
    end();
    end = poll(`/match/unmatched?limit=500${code ? `&code=${encodeURIComponent(code)}` : ""}`, 15, show, (problem) => page === null && !problem.isOffline && fill(body, notice(problem.title, problem.remedy)));
  };
  let all = {};
  function show(fresh) {
    page = fresh;
    if (!code) all = fresh.counts;
    fill(codes, [["", "all"], ...Object.keys(all).sort((a, b) => all[a] - all[b]).map((each) => [each, each.replaceAll("_", " ")])].map(([each, words]) =>
      h("button", { type: "button", "aria-pressed": String(code === each), onclick: () => ((code = each), watch()) }, words, each ? h("span", { class: "dim" }, ` ${all[each]}`) : null)));
    const total = Object.values(page.counts).reduce((sum, n) => sum + n, 0);
    count.textContent = `${total} listings tied to nothing; ${page.items.length} shown, the rarest reasons first`;
    if (!page.items.length) return fill(body, notice("Nothing is left out", "Every listing that was read is tied to a game, or nothing was read yet."));
    if (!table.element.isConnected) fill(body, table.element);
    return table.show([...page.items].sort((a, b) => all[a.code] - all[b.code] || a.code.localeCompare(b.code)));
  }
  watch();
  return { element, table, end: () => end() };
}

/** What the venue has written, as the missing fact quotes it: 'Sutter Nine / QXS' is a name and a code. */
function nameIn(item) {
  return (/'(.+)'/.exec(item.detail)?.[1] ?? "").split(" / ")[0];
}

/** The league is in how venues name their events: nba-lal-bos-2026-01-09, KXNBAGAME-26JAN09LALBOS. */
function sportOf(item) {
  const id = item.event_id.toLowerCase().replace(/^kx/, "");
  return [...SPORTS].sort((a, b) => b.length - a.length).find((code) => id.startsWith(code)) ?? "nba";
}

const RADAR_COLUMNS = [
  { key: "venue", title: "", hint: "Venue", class: "mark", value: (item) => item.venue, cell: (item) => venueMark(item.venue) },
  { key: "code", title: "Reason", value: (item) => item.code, cell: (item) => item.code.replaceAll("_", " ") },
  { key: "title", title: "Listing", class: "half", value: (item) => item.title, cell: (item) => h("span", { title: item.title }, item.title || item.event_id) },
  { key: "detail", title: "Missing fact", class: "half dim", value: (item) => item.detail, cell: (item) => h("span", { title: item.detail }, item.detail) },
  { key: "start", title: "Start", value: (item) => item.start ?? "", cell: (item) => (item.start ? timeElement(item.start, startText(item.start)) : "") },
];

function radarDetail(item, formOf) {
  const facts = [["Missing fact", item.detail], ["Event", item.event_id], ["Market", item.market_id], ["Outcome", item.outcome]];
  const list = h("dl", { class: "facts" }, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  return item.code.endsWith("_team") ? [list, formOf(item)] : list;
}
