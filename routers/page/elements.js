// Elements from code. Text is always text: nothing on this page reads markup out of data.

/** An element with attributes and children; `onclick` and friends take functions, false and null attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Give an element these children and no others. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

const PATHS = {
  positions: "M3 16h14M5 13V9M10 13V4M15 13V7",
  signals: "M6.5 13.5a5 5 0 0 1 0-7M13.5 6.5a5 5 0 0 1 0 7M4 16a8.5 8.5 0 0 1 0-12M16 4a8.5 8.5 0 0 1 0 12M10 10h.01",
  slate: "M3 5h14M3 10h14M3 15h14",
  match: "M7 5 3 10l4 5M13 5l4 5-4 5M8 10h4",
  risk: "M10 2.5 3.5 5v5c0 4 2.7 6.4 6.5 7.5 3.8-1.1 6.5-3.5 6.5-7.5V5zM10 7v4M10 13.5h.01",
  reports: "M5 2.5h7l3 3v12H5zM8 13.5v-3M10 13.5v-5M12 13.5v-2",
  health: "M2 10h4l2-5 4 10 2-5h4",
};

/** An element of a drawing; null and false children are left out. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line drawing of 20 by 20. */
export function icon(name) {
  return draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, draw("path", { d: PATHS[name] }));
}

/** A venue's letter in its colour; the name is in the tooltip and for screen readers. */
export function venueMark(venue) {
  const name = venue.charAt(0).toUpperCase() + venue.slice(1);
  return h("abbr", { class: "venue", "data-venue": venue, title: name, "aria-label": name }, name.charAt(0));
}

const SIGNS = { agrees: "✓", differs: "✗", unknown: "?" };

/** Tick, cross or question mark. */
export function finding(kind) {
  return h("span", { class: `finding ${kind}`, role: "img", "aria-label": kind }, SIGNS[kind] ?? "?");
}

/** A verdict with its sign: colour alone says nothing. */
export function verdict(kind) {
  const sign = { tradable: "✓", watch: "◐", rejected: "✗", provisional: "◌", unlinked: "–", neutral: "✓", tail: "◐" }[kind] ?? "?";
  const words = { unlinked: "not linked" }[kind] ?? kind;
  return h("span", { class: `verdict ${kind}` }, h("span", { "aria-hidden": "true" }, sign), " ", words);
}

/** An id that is copied by a click. */
export function copyable(text, shown = text) {
  const copy = (event) => {
    event.stopPropagation();
    navigator.clipboard?.writeText(text).then(() => toast(`Copied ${text}`));
  };
  return h("button", { type: "button", class: "copy", title: `Copy ${text}`, onclick: copy }, shown);
}

let toastTimer = 0;

/** A short word at the edge of the page. */
export function toast(text, seconds = 2.5) {
  const element = document.getElementById("toast");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (element.hidden = true), seconds * 1000);
}

/** Words that appear only when the answer takes longer than a blink. */
export function waiting(text) {
  return h("div", { class: "notice waiting" }, h("p", {}, `${text} …`));
}

/** What is shown in place of a list: why there is nothing, and what to do. */
export function notice(title, text, ...actions) {
  return h("div", { class: "notice" }, h("h2", {}, title), h("p", {}, text), actions.length ? h("p", {}, actions) : null);
}

/** A problem of the API in words. */
export function problemNotice(problem, again) {
  return notice(problem.title, [problem.detail, h("br"), problem.remedy], h("button", { type: "button", onclick: again }, "Try again"));
}
