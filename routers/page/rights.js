// What this browser may do, and how it is said when it may not.
import { Problem, get } from "./api.js";
import { toast } from "./elements.js";

export const LINK = "by the page's one-time link: `crosscourt up` and `crosscourt keys link` print it";

let scopes = null; // not known yet: whoever asks is told by the server
get("/access").then((answer) => (scopes = answer.scopes), () => {});

/** Whether one of these scopes is held; `admin` is all of them. */
export function may(...some) {
  return scopes === null || scopes.some((scope) => scope === "admin" || some.includes(scope));
}

/** Say what went wrong where it was asked for. */
export function complain(problem, deed) {
  if (!(problem instanceof Problem)) throw problem;
  toast(problem.status === 401 ? `To ${deed}, open the page ${LINK}` : `${problem.title} ${problem.detail}. ${problem.remedy}`, 8);
}
