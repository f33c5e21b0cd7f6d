// Every view of the page, and what a view is.
//
// A view is a module that exports
//   title                   what the rail and the window call it
//   show(root, context)     draws itself into `root`, an element of its own, and returns a function that ends what it began
//
// `context` is what it may know and ask of the frame:
//   id                      what the address names after the view: "401" of #/games/401; null where it names nothing
//   query                   URLSearchParams of the address: #/match?target=Celtics
//   keys({ table, search, back })   what j, k and Enter move in; where `/` goes; what Esc follows. Each may be told anew.
//   name(words)             the window's title, once more is known than the view's
//   again()                 draw the view anew: "Try again"
//
// Text stays text (`h` of elements.js), times are `timeElement`s, ids are `copyable`, lists are `Table`s, what went wrong is
// a `problemNotice(problem, context.again)`, and what is asked for is `waiting(words)`. A style sheet is served beside its
// module and linked by index.html. Nothing is inline: the page is served with a policy that forbids it.
import * as game from "./game.js";
import * as health from "./health.js";
import * as match from "./match.js";
import * as positions from "./positions.js";
import * as reports from "./reports.js";
import * as risk from "./risk.js";
import * as signal from "./signal.js";
import * as signals from "./signals.js";
import * as slate from "./slate.js";

export const VIEWS = { slate, signals, positions, match, risk, reports, health }; // as the rail shows them

const RECORDS = { games: [game, "slate"], signals: [signal, "signals"] }; // one of them by its id, and where it belongs

/** The view that an address names, `at` on the rail; the slate where it names none. */
export function viewOf(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name, rest = ""] = path.split(/\/(.*)/s);
  const id = rest ? decoded(rest) : null;
  const [view, at] = (id && RECORDS[name]) || (Object.hasOwn(VIEWS, name) ? [VIEWS[name], name] : [slate, "slate"]);
  return { view, at, id, query: new URLSearchParams(query) };
}

/** As it stands when it is no proper escape. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
