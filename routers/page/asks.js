// The boxes in which something is asked of the matcher.
import { h } from "./elements.js";

export const SPORTS = "nba wnba ncaab ncaaw nfl ncaaf nhl mlb epl championship laliga bundesliga seriea ligue1 mls nwsl ligamx ucl uel uecl worldcup soccer tennis ufc lol cs2 valorant".split(" ");

export function input(id, placeholder, value = "") {
  const box = h("input", { id, placeholder, maxlength: 200, autocomplete: "off", spellcheck: "false" });
  box.value = value ?? "";
  return box;
}

export function sportSelect(id, chosen) {
  const select = h("select", { id }, SPORTS.map((code) => h("option", { value: code }, code)));
  select.value = SPORTS.includes(chosen) ? chosen : "nba";
  return select;
}

export function labelled(text, control) {
  return h("label", { for: control.id }, h("span", {}, text), control);
}

/** Run it once nobody has asked again for so long. */
export function debounced(milliseconds, run) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}
