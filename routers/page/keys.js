// What keys do, wherever one is: those of the frame, and those that the view at hand has said.
import { fill, h } from "./elements.js";
import { VIEWS } from "./views.js";

const help = document.getElementById("help");
const names = Object.keys(VIEWS);
const WORDS = [
  ["j k", "next and previous row"],
  ["Enter", "open the row"],
  ["/", "search teams, through the matcher itself"],
  [names.map((_, at) => at + 1).join(" "), names.map((name) => VIEWS[name].title).join(", ")],
  ["Shift+H", "held for a second: halt everything"],
  ["Esc", "back, or out of a box"],
  ["?", "these keys"],
];

/** shown(): what the view at hand has said of keys. halt: the begin of the hold. */
export function watchKeys(shown, halt) {
  fill(help, h("h2", { id: "help-title" }, "Keys"), h("dl", {}, WORDS.map(([keys, words]) => [h("dt", {}, keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, words)])), h("form", { method: "dialog" }, h("button", { class: "first" }, "Close")));
  document.getElementById("help-button").addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return undefined;
    const isTyping = event.target.matches("input, select, textarea");
    if (event.key === "Escape") return isTyping ? event.target.blur() : shown().back?.click();
    if (!isTyping && act(event, shown(), halt)) event.preventDefault();
    return undefined;
  });
}

function act(event, { table, search }, halt) {
  const at = names[Number(event.key) - 1];
  if (at) location.hash = `#/${at}`;
  else if (event.key === "j") table?.move(1);
  else if (event.key === "k") table?.move(-1);
  else if (event.key === "/") find(search);
  else if (event.key === "?") help.showModal();
  else if (event.key === "H") event.repeat || halt();
  else return false;
  return true;
}

function find(search) {
  if (!search) location.hash = "#/slate?search";
  search?.focus();
  search?.select();
}
