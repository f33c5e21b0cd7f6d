// What is halted, and the button that halts everything. It is held, so that nobody does it by brushing a key.
import { Problem, get, poll, post } from "./api.js";
import { fill, h, toast } from "./elements.js";
import { timeElement } from "./times.js";

const HELD = 1000; // milliseconds
const EVERY = 3; // seconds
const REASON = "halted by hand, on the page";
const LINK = "by the page's one-time link: `crosscourt up` and `crosscourt keys link` print it";

const [button, chip, dialog] = ["halt", "halted", "halts"].map((id) => document.getElementById(id));
let scopes = null; // of this caller; null: not known yet
let halts = [];
let timer = 0;

/** Watch what is halted; `begin` and `end` of the hold are for the keys. */
export function watchHalts() {
  const may = (answer) => ((scopes = answer.scopes), draw());
  get("/access").then(may, () => {});
  poll("/risk", EVERY, (risk) => show(risk.halts), () => {});
  button.addEventListener("pointerdown", (event) => event.button === 0 && begin());
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, end);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a hold here
  button.addEventListener("keydown", (event) => isPress(event) && (event.preventDefault(), event.repeat || begin()));
  button.addEventListener("keyup", (event) => isPress(event) && (event.preventDefault(), end()));
  chip.addEventListener("click", () => (drawDialog(), dialog.showModal()));
  addEventListener("keyup", (event) => (event.key.toLowerCase() === "h" || event.key === "Shift") && end());
  addEventListener("blur", end);
  return { begin };
}

function isPress(event) {
  return event.key === " " || event.key === "Enter";
}

function begin() {
  if (timer || isAllHalted()) return;
  button.classList.add("is-held");
  timer = setTimeout(() => (stop(), haltAll()), HELD);
}

function end() {
  if (!timer) return;
  stop();
  toast("Hold it for a second to halt everything");
}

function stop() {
  clearTimeout(timer);
  timer = 0;
  button.classList.remove("is-held");
}

async function haltAll() {
  await ask("/risk/halt", { scope: "all", reason: REASON }, "halt", (done) => `Halted: nothing is opened any more${done.is_told ? "" : "; Redis is away, each process has stopped by itself"}`);
}

async function resume(halt) {
  await ask("/risk/resume", { scope: halt.scope, name: halt.name }, "resume", () => `${placeOf(halt)} goes on`);
}

async function ask(path, question, deed, words) {
  try {
    const done = await post(path, question);
    show(done.halts);
    toast(words(done), 5);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    toast(problem.status === 401 ? `To ${deed}, open the page ${LINK}` : `${problem.title}: ${problem.detail}. ${problem.remedy}`, 8);
  }
}

function show(found) {
  halts = found;
  draw();
  if (dialog.open) drawDialog();
}

function isAllHalted() {
  return halts.some((halt) => halt.scope === "all");
}

function mayDo(...some) {
  return scopes === null || scopes.some((scope) => scope === "admin" || some.includes(scope));
}

function draw() {
  const isPowerless = !mayDo("paper", "live");
  button.hidden = isAllHalted();
  button.classList.toggle("is-powerless", isPowerless);
  button.title = isPowerless ? `To halt, open the page ${LINK}` : "Open nothing any more, anywhere: hold for a second (Shift+H)";
  chip.hidden = halts.length === 0;
  if (!halts.length) return;
  const [first] = [...halts].sort((a, b) => (b.scope === "all") - (a.scope === "all"));
  const more = halts.length > 1 ? ` +${halts.length - 1}` : "";
  fill(chip, h("b", {}, "HALTED"), h("span", { class: "words" }, ` ${placeOf(first)}${more} by ${first.halted_by}`));
  chip.setAttribute("aria-label", `Halted: ${halts.map((halt) => `${placeOf(halt)} by ${halt.halted_by}`).join(", ")}`);
}

function placeOf(halt) {
  return halt.scope === "all" ? "everything" : `${halt.scope} ${halt.name}`;
}

function drawDialog() {
  const mayResume = mayDo();
  const item = (halt) => h("li", {},
    h("div", {}, h("b", {}, placeOf(halt)), h("span", { class: "dim" }, ` by ${halt.halted_by} `, halt.halted_at ? timeElement(halt.halted_at) : null), h("div", {}, halt.reason)),
    halt.halted_by === "platform" ? h("span", { class: "dim" }, "ends by itself") : h("button", { type: "button", disabled: !mayResume, onclick: () => resume(halt) }, "Resume"));
  const close = h("form", { method: "dialog" }, h("button", { class: "first" }, "Close"));
  const list = halts.length ? h("ul", {}, halts.map(item)) : h("p", {}, "Nothing is halted.");
  fill(dialog, h("h2", { id: "halts-title" }, "What is halted"), list, mayResume ? null : h("p", { class: "dim" }, `To resume, open the page ${LINK}.`), close);
}
