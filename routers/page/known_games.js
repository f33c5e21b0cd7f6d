// The games that signals speak of, by id: those that are followed, and others as they are asked for.
import { Problem, get, poll } from "./api.js";

const RENEWED = 30; // seconds

const known = new Map(); // kept from view to view; null: nobody knows it any more

/** Be told when more is known. `of(id)` is the game, or undefined until it is known. */
export function knownGames(onNews) {
  const asked = new Set();
  let isOver = false;
  const end = poll("/games?limit=500", RENEWED, (page) => {
    for (const game of page.items) known.set(game.id, game);
    onNews();
  }, () => {});

  async function ask(id) {
    asked.add(id);
    try {
      known.set(id, await get(`/games/${encodeURIComponent(id)}`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 404) known.set(id, null);
    }
    if (!isOver) onNews();
  }

  const of = (id) => {
    if (!known.has(id) && !asked.has(id)) ask(id);
    return known.get(id) ?? undefined;
  };
  return { of, end: () => ((isOver = true), end()) };
}
