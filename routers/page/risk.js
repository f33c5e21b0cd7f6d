// What may be risked, what of it is used, what was refused and what is halted.
import { fill, h, notice } from "./elements.js";

export const title = "Risk";

export function show(root) {
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Risk")), notice("Not shown here yet", "GET /risk tells the limits in force, what is used of each and what is halted.", h("a", { href: "/docs" }, "API")));
}
