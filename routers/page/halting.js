// What is halted, place by place, and halting one: everything, a venue, a league or a game.
import { change, poll } from "./api.js";
import { fill, h, toast } from "./elements.js";
import { gameText } from "./legs.js";
import { VENUES } from "./prices.js";
import { LINK, complain, may } from "./rights.js";
import { timeElement } from "./times.js";

const SCOPES = { all: "everything", venue: "a venue", league: "a league", game: "a game" };

/** of(id): a game by its id. */
export function halting(of) {
  const list = h("ul", { class: "halted-list" });
  const form = haltForm();
  const element = h("section", {}, h("div", { class: "toolbar" }, h("h2", {}, "Halts")), list, form.element);
  let drawn = "";

  function show(halts) {
    const told = JSON.stringify([halts, halts.map((halt) => placeOf(halt, of)), may()]);
    if (told === drawn) return; // a button that is about to be pressed stays
    drawn = told;
    fill(list, halts.length ? halts.map((halt) => item(halt, of)) : h("li", {}, h("span", {}, "✓ Nothing is halted.")));
  }

  return { element, show };
}

function item(halt, of) {
  const resume = h("button", { type: "button", disabled: !may(), title: may() ? null : `To resume, open the page ${LINK}` }, "Resume");
  resume.addEventListener("click", async () => {
    resume.disabled = true;
    try {
      await change("POST", "/risk/resume", { scope: halt.scope, name: halt.name });
      toast(`${placeOf(halt, of)} goes on`);
    } catch (problem) {
      complain(problem, "resume");
    }
    resume.disabled = false;
  });
  return h("li", { class: "is-halted" },
    h("div", {}, h("b", {}, "◐ ", placeOf(halt, of)), h("span", { class: "dim" }, ` by ${halt.halted_by} `, halt.halted_at ? timeElement(halt.halted_at) : null), h("div", { class: "dim" }, halt.reason)),
    halt.halted_by === "platform" ? h("span", { class: "dim" }, "ends by itself") : resume);
}

function placeOf(halt, of) {
  if (halt.scope === "all") return "everything";
  return halt.scope === "game" ? `game ${gameText(of(halt.name), halt.name)}` : `${halt.scope} ${halt.name}`;
}

function haltForm() {
  const scope = h("select", { id: "halt-scope" }, Object.entries(SCOPES).map(([value, words]) => h("option", { value }, words)));
  const name = h("select", { id: "halt-name" });
  const named = h("label", { for: "halt-name", hidden: true }, h("span", {}, "Which"), name);
  const reason = h("input", { id: "halt-reason", maxlength: 200, required: true, placeholder: "Why", autocomplete: "off" });
  const button = h("button", { type: "submit" }, "Halt");
  const choices = { all: [], venue: VENUES.map((each) => [each, each]), league: [], game: [] };

  scope.addEventListener("change", () => {
    named.hidden = scope.value === "all";
    if (scope.value === "league" || scope.value === "game") return readGames();
    return draw();
  });

  function draw() {
    fill(name, choices[scope.value].map(([value, words]) => h("option", { value }, words)));
  }

  function readGames() {
    const end = poll("/games?limit=500", 3600, (page) => {
      choices.game = page.items.map((game) => [game.id, `${gameText(game, game.id)}, ${game.league.toUpperCase()}`]);
      choices.league = [...new Set(page.items.map((game) => game.league))].sort().map((each) => [each, each.toUpperCase()]);
      draw();
      end();
    }, () => end());
  }

  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await change("POST", "/risk/halt", { scope: scope.value, name: scope.value === "all" ? "" : name.value, reason: reason.value });
      toast("Halted: nothing is opened there any more", 4);
      reason.value = "";
    } catch (problem) {
      complain(problem, "halt");
    }
    button.disabled = false;
  };
  const element = h("form", { class: "ask halt-form", onsubmit: send }, h("label", { for: "halt-scope" }, h("span", {}, "Halt"), scope), named, h("label", { for: "halt-reason" }, h("span", {}, "Reason"), reason), button);
  return { element };
}
