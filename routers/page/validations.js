// The owner's acceptance of a run, rule by rule.
import { count, gain } from "./amounts.js";
import { finding, h } from "./elements.js";

const RULES = [
  ["early", "Nothing sold within 15 s of its purchase", (each) => `${each.contract_id} after ${each.seconds} s, by ${each.why}`],
  ["dear", "Nothing bought above 85 ¢", (each) => `${each.contract_id} at ${each.dearest}`],
  ["wrong", "Nothing settled the other way round", (each) => `${each.contract_id} paid ${each.pays}, ${each.expected} was expected`],
  ["contradictions", "No settlement contradicts its link", (each) => each.detail],
];

/** In a word, with its sign. */
export function verdictOf(validation) {
  if (RULES.some(([name]) => validation[name].length)) return h("span", { class: "verdict watch" }, "✗ a rule was broken");
  return Number(validation.profit) > 0 ? "✓ all well" : h("span", { class: "verdict watch" }, "◐ nothing earned");
}

export function acceptance(validation) {
  const rule = ([name, words, text]) => {
    const found = validation[name];
    return h("li", { class: found.length ? "is-failed" : null }, finding(found.length ? "differs" : "agrees"), h("b", {}, words), h("span", { title: found.map(text).join("\n") }, found.length ? `${count(found.length)}: ${text(found[0])}` : ""));
  };
  const soon = validation.soon.length;
  const earned = Number(validation.profit) > 0;
  return h("section", {}, h("h2", {}, "Acceptance"),
    h("ol", { class: "reasons acceptance" }, RULES.map(rule),
      h("li", {}, finding(earned ? "agrees" : "unknown"), h("b", {}, "Something was earned"), h("span", {}, gain(validation.profit)))),
    h("p", { class: "dim" }, soon ? `${count(soon)} were sold within 15 s for a reason that may: a stop, a halt, an unwind, a person.` : null, " `crosscourt report validate` says the same by its exit code."));
}
