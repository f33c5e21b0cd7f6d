// Where profit came from: each cause begins where the one before has ended; the last bar is all of it.
import { gain } from "./amounts.js";
import { h } from "./elements.js";

const CAUSES = {
  edge: ["Edge", "What no other cause explains: the edge that was bought, or seemed to be"],
  slippage: ["Slippage", "Paid above the price that was counted with, of what is sold or paid"],
  fees: ["Fees", "What the venues have charged"],
  leg_miss: ["Missed legs", "By selling what was bought for a hedge that did not come about"],
  mismatch: ["Settlements", "Paid other than score and rules had said"],
  unrealised: ["Still held", "What positions are marked at, beyond what they have cost"],
};

/** causes: an amount for each. profit: of all of them. */
export function waterfall(causes, profit) {
  const parts = Object.entries(CAUSES).map(([name, [words, hint]]) => ({ words, hint, amount: Number(causes[name] ?? 0) }));
  let level = 0;
  const bars = [...parts.map((part) => ({ ...part, from: level, to: (level += part.amount) })), { words: "Profit", hint: "Equity less deposits", amount: Number(profit), from: 0, to: Number(profit), isSum: true }];
  const [low, high] = [Math.min(0, ...bars.flatMap((bar) => [bar.from, bar.to])), Math.max(0, ...bars.flatMap((bar) => [bar.from, bar.to]))];
  const share = (value) => (100 * (value - low)) / Math.max(1e-9, high - low);
  const row = (bar) => {
    const mark = h("i", { class: bar.amount < 0 ? "lost" : "won" });
    mark.style.left = `${share(Math.min(bar.from, bar.to))}%`;
    mark.style.width = `${Math.max(0.4, share(Math.max(bar.from, bar.to)) - share(Math.min(bar.from, bar.to)))}%`;
    return h("li", { class: bar.isSum ? "sum" : null, title: bar.hint }, h("span", {}, bar.words), h("span", { class: "track", "aria-hidden": "true" }, mark), h("span", { class: "number" }, gain(bar.amount)));
  };
  return h("section", {}, h("h2", {}, "Where it came from"), h("ol", { class: "waterfall" }, bars.map(row)));
}
