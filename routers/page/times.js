// Times relative to the server's clock (a recorded slate has its own), with the exact one on hover.
import { h } from "./elements.js";

const SET_ANEW = 30_000; // milliseconds: another clock, not another delay

let offset = null;

/** Of several answers the one that came soonest says it best: all of them are late. */
export function setClock(now) {
  const found = new Date(now).getTime() - Date.now();
  const isAnother = offset === null || Math.abs(found - offset) > SET_ANEW;
  offset = isAnother ? found : Math.max(found, offset);
}

export function serverNow() {
  return Date.now() + (offset ?? 0);
}

/** "4 s", "12 min", "3 h", "2 d". */
export function span(seconds) {
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(size)} s`;
  if (size < 5400) return `${Math.round(size / 60)} min`;
  if (size < 129600) return `${Math.round(size / 3600)} h`;
  return `${Math.round(size / 86400)} d`;
}

/** "in 12 min", "3 h ago", "now". */
export function relative(moment) {
  const seconds = (new Date(moment).getTime() - serverNow()) / 1000;
  if (Math.abs(seconds) < 0.5) return "now";
  return seconds >= 0 ? `in ${span(seconds)}` : `${span(seconds)} ago`;
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const PRECISE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** A start: the clock time today, day and time otherwise; how long from now on hover. */
export function startText(moment, isKnown = true) {
  const at = new Date(moment);
  const today = new Date(serverNow()).toDateString() === at.toDateString();
  if (!isKnown) return `${DAY.format(at)}, time open`;
  return today ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}

export function timeElement(moment, text = null) {
  const title = `${EXACT.format(new Date(moment))} (${relative(moment)})`;
  return h("time", { datetime: moment, title, "data-relative": text === null }, text ?? relative(moment));
}

/** To the millisecond, for what is compared by it. */
export function preciseElement(moment) {
  const at = new Date(moment);
  return h("time", { datetime: moment, title: `${EXACT.format(at)} (${moment})` }, PRECISE.format(at));
}

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
}, 1000);
