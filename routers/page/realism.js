// How real paper is: what purchases would have cost, and got, in kinder and harsher markets.
import { contracts, count, dollars } from "./amounts.js";
import { h } from "./elements.js";

/** found: one for each detector. */
export function realism(found) {
  if (!found.length) return h("p", { class: "dim" }, "No order of an account on paper was filled that day.");
  const bands = found.map(bandOf);
  const reach = Math.max(0.0001, ...bands.flatMap((band) => [-band.kinder, band.harsher]));
  return [
    h("ol", { class: "realism" }, bands.map((band) => row(band, reach))),
    h("p", { class: "dim" }, "Cents a contract beside what was booked: all of it at the price that was counted with, or at the worst price that was allowed."),
  ];
}

/** How much less and more a contract would have cost, in cents. */
function bandOf(each) {
  const size = Math.max(1e-9, Number(each.likely));
  const by = (cost) => (100 * (Number(cost) - Number(each.cost_likely))) / size;
  return { ...each, kinder: by(each.cost_optimistic), harsher: by(each.cost_pessimistic) };
}

function row(each, reach) {
  const place = (cents) => 50 + (50 * cents) / reach;
  const told = `${signed(each.kinder)} to ${signed(each.harsher)} ¢`;
  const band = h("i", { class: "band" });
  band.style.left = `${place(Math.min(each.kinder, 0))}%`;
  band.style.width = `${Math.max(0.5, place(Math.max(each.harsher, 0)) - place(Math.min(each.kinder, 0)))}%`;
  return h("li", { title: `${dollars(each.cost_optimistic)}, likely ${dollars(each.cost_likely)}, at worst ${dollars(each.cost_pessimistic)}` },
    h("b", {}, (each.detector || "own orders").replaceAll("_", " ")),
    h("span", { class: "track", role: "img", "aria-label": told }, band, h("i", { class: "likely" })),
    h("span", { class: "number" }, told),
    h("span", { class: "dim" }, `${count(each.orders)} orders got ${contracts(each.likely)} of ${contracts(each.asked)}`, Number(each.pessimistic) < Number(each.likely) ? `, ${contracts(each.pessimistic)} for sure` : ""));
}

function signed(cents) {
  return `${cents < 0 ? "−" : "+"}${Math.abs(cents).toFixed(2)}`;
}
