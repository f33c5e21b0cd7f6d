// Times relative to the server's clock (a recorded slate has its own), with the exact one on hover.
import { h } from "./elements.js";

let offset = 0;

export function setClock(now) {
  offset = new Date(now).getTime() - Date.now();
}

export function serverNow() {
  return Date.now() + offset;
}

/** "4 s", "12 min", "3 h", "2 d". */
export function span(seconds) {
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(size)} s`;
  if (size < 5400) return `${Math.round(size / 60)} min`;
  if (size < 129600) return `${Math.round(size / 3600)} h`;
  return `${Math.round(size / 86400)} d`;
}

/** "in 12 min", "3 h ago". */
export function relative(moment) {
  const seconds = (new Date(moment).getTime() - serverNow()) / 1000;
  return seconds >= 0 ? `in ${span(seconds)}` : `${span(seconds)} ago`;
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** A start: the clock time today, day and time otherwise; how long from now on hover. */
export function startText(moment, isKnown = true) {
  const at = new Date(moment);
  const today = new Date(serverNow()).toDateString() === at.toDateString();
  if (!isKnown) return `${DAY.format(at)}, time open`;
  return today ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}

export function timeElement(moment, text = relative(moment)) {
  return h("time", { datetime: moment, title: `${EXACT.format(new Date(moment))} (${relative(moment)})` }, text);
}
