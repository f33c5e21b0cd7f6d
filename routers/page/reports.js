// What days brought, and how good it was.
import { fill, h, notice } from "./elements.js";

export const title = "Reports";

export function show(root) {
  fill(root, h("div", { class: "toolbar" }, h("h1", {}, "Reports")), notice("No report yet", "`crosscourt report daily` writes one.", h("a", { href: "/docs" }, "API")));
}
