// The alias book: names that people have taught the matcher, teaching one where it is missing, taking one back.
import { Problem, poll, post, change } from "./api.js";
import { debounced, input, labelled, sportSelect } from "./asks.js";
import { fill, h, toast } from "./elements.js";
import { LINK, complain, may } from "./rights.js";
import { Table } from "./tables.js";
import { timeElement } from "./times.js";

const EVERY = 15; // seconds

export function aliases() {
  const table = new Table({ name: "aliases", columns: columns(() => watch()), keyOf: (taught) => `${taught.team_id} ${taught.name}` });
  const count = h("span", { class: "count" });
  const body = h("div", {});
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Alias book"), count, h("span", { class: "grow" }), table.tools()), body);
  let end = () => {};

  function show(page) {
    count.textContent = page.total ? `${page.total === 1 ? "1 name" : `${page.total} names`} that people have taught` : "";
    if (!page.total) return fill(body, h("p", { class: "dim" }, "Nobody has taught a name yet. The radar names those that are missing: Enter on a row teaches one."));
    if (!table.element.isConnected) fill(body, table.element);
    return table.show(page.items);
  }

  function watch() {
    end();
    end = poll("/match/aliases?limit=500", EVERY, show, () => {});
  }

  watch();
  return { element, renew: watch, end: () => end() };
}

function columns(changed) {
  return [
    { key: "name", title: "Name", value: (taught) => taught.name, cell: (taught) => h("b", {}, taught.name) },
    { key: "team", title: "Means", class: "wide", value: (taught) => taught.team, cell: (taught) => h("span", { title: taught.team_id }, taught.team) },
    { key: "who", title: "Who", class: "dim", value: (taught) => taught.added_by, cell: (taught) => taught.added_by },
    { key: "when", title: "When", class: "dim", value: (taught) => taught.added_at, cell: (taught) => timeElement(taught.added_at) },
    { key: "back", title: "", hint: "Take it back", class: "number act", value: () => "", cell: (taught) => backButton(taught, changed) },
  ];
}

function backButton(taught, changed) {
  const button = h("button", { type: "button", "aria-label": `Take ${taught.name} back` }, "Take back");
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    button.disabled = true;
    const [sport] = taught.team_id.split(":");
    try {
      await change("DELETE", `/match/aliases?${new URLSearchParams({ sport, team_id: taught.team_id, name: taught.name })}`);
      toast(`${taught.name} means nothing any more`);
      changed();
    } catch (problem) {
      complain(problem, "teach the matcher");
    }
    button.disabled = false;
  });
  return button;
}

let formsMade = 0;

/** Teach that `name` of `sport` is a team; while one types, the matcher says which. */
export function aliasForm(name, sport, taught) {
  const number = ++formsMade; // several rows may be open: each id is one element's
  const [named, team] = [input(`alias-name-${number}`, "Name as the venue writes it", name), input(`alias-team-${number}`, "Team as it is known")];
  const league = sportSelect(`alias-sport-${number}`, sport);
  const word = h("p", { class: "dim meaning", role: "status" });
  const add = h("button", { type: "submit", class: "first" }, "Add alias");
  const rest = () => fill(word, may("match") ? "The matcher learns it for good; listings that bear it are linked by the next search." : `To teach the matcher, open the page ${LINK}.`);

  const look = debounced(200, async () => {
    if (!team.value.trim()) return rest();
    try {
      const found = await post("/match/resolve", { name: team.value, sport: league.value });
      return fill(word, found.team ? ["✓ ", h("b", {}, found.team.name)] : meant(found.candidates));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return fill(word, problem.detail);
    }
  });

  function meant(candidates) {
    if (!candidates.length) return "? No team answers to this name";
    return ["? Could mean: ", candidates.slice(0, 8).map((each) => h("button", { type: "button", onclick: () => ((team.value = each.name), look()) }, each.name))];
  }

  const teach = async (event) => {
    event.preventDefault();
    add.disabled = true;
    try {
      const done = await post("/match/aliases", { sport: league.value, team: team.value, name: named.value });
      toast(`${done.name} is ${done.team} from now on`);
      fill(word, "✓ Taught: the next search links what bears this name.");
      taught();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) complain(problem, "teach the matcher");
      else fill(word, `✗ ${problem.detail}. ${problem.remedy}`);
    }
    add.disabled = false;
  };
  rest();
  return h("form", { class: "ask", oninput: look, onsubmit: teach, onkeydown: (event) => event.stopPropagation() }, labelled("Name", named), labelled("Team", team), labelled("Sport", league), add, word);
}
