// A leg in short, as a trader says it: YES BOS @ 46 on K.
import { cents } from "./amounts.js";
import { h, venueMark } from "./elements.js";

const SCOPES = { game: "", regulation: "reg" };
const DETECTORS = { cross_venue: "cross venue", fair_value: "fair value" };

export function detectorName(name) {
  return DETECTORS[name] ?? name;
}

/** "YES BOS", "OVER 221.5", "NO LAL −3.5 1h": what is claimed, with the team as short as the game tells it. */
export function claim(leg, game) {
  const said = leg.proposition;
  const answer = leg.polarity === "no" ? "NO " : /^yes$/i.test(leg.outcome) ? "YES " : "";
  const scope = SCOPES[said.period] ?? said.period;
  const line = said.line === null ? "" : ` ${said.line < 0 ? `−${-said.line}` : said.line}`;
  const words = {
    moneyline: () => `${answer}${teamName(said, game)}`,
    draw: () => `${answer}DRAW`,
    spread: () => `${answer}${teamName(said, game)}${line}`,
    total: () => `${leg.polarity === "no" ? "UNDER" : "OVER"}${line}`,
    team_total: () => `${teamName(said, game)} ${leg.polarity === "no" ? "UNDER" : "OVER"}${line}`,
    both_to_score: () => `${answer}BOTH SCORE`,
  };
  return [words[said.kind]?.() ?? leg.outcome, scope].filter(Boolean).join(" ");
}

/** What a position or an order is about: its claim, or what the venue calls it where it is linked no more. */
export function claimOf(row, game) {
  return row.proposition ? claim(row, game) : row.outcome || row.contract_id;
}

/** Over REST a team comes with its name, over /ws by its id alone. */
function teamName(said, game) {
  const id = said.team_id ?? said.team;
  const team = [game?.home, game?.away].find((each) => each?.id === id);
  return team ? shortName(team) : said.team || id;
}

export function legText(leg, game) {
  return `${claim(leg, game)} @ ${cents(leg.limit)} on ${leg.venue.charAt(0).toUpperCase()}`;
}

export function legsText(legs, game) {
  return legs.map((leg) => legText(leg, game)).join(" + ");
}

/** All legs on one line, each with its venue's mark. */
export function legsElement(legs, game) {
  return h("span", { title: legsText(legs, game) }, legs.map((leg, at) => [at ? h("span", { class: "dim" }, " + ") : null, claim(leg, game), h("span", { class: "dim" }, " @ "), cents(leg.limit), " ", venueMark(leg.venue)]));
}

/** "LAL at BOS"; of a game that nobody follows any more its id. */
export function gameText(game, id) {
  if (!game) return id;
  return `${shortName(game.away)} ${game.is_neutral_site ? "vs" : "at"} ${shortName(game.home)}`;
}

export function gameElement(game, id) {
  return h("span", { title: game ? `${game.away.name} at ${game.home.name}` : "Nobody follows this game now" }, gameText(game, id));
}

/** New Orleans is NO, which here would be an answer. */
function shortName(team) {
  return (team.abbreviation !== "NO" && team.abbreviation) || team.nickname || team.name;
}
