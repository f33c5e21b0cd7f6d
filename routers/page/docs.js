// Reads /openapi.json aloud: each route with its fields, examples, a curl line, and an answer on demand.
import { copyable, fill, h } from "./elements.js";

const document_ = await (await fetch("/openapi.json", { cache: "no-cache" })).json();
const METHODS = ["get", "post", "put", "patch", "delete"];

function resolve(schema = {}) {
  return schema.$ref ? document_.components.schemas[schema.$ref.split("/").at(-1)] : schema;
}

/** An example value of a schema: its own, or put together from those of its fields. */
function example(schema, depth = 0) {
  const found = resolve(schema);
  if (found.example !== undefined && found.example !== null) return found.example;
  if (found.examples?.length) return found.examples[0];
  if (found.default !== undefined) return found.default;
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  const choice = found.anyOf ?? found.oneOf ?? found.allOf;
  if (choice) return example(choice[0], depth);
  if (depth > 6) return null;
  if (found.properties) return Object.fromEntries(Object.entries(found.properties).map(([name, field]) => [name, example(field, depth + 1)]));
  if (found.type === "array") return [example(found.items, depth + 1)];
  if (found.type === "object" && typeof found.additionalProperties === "object") return { kalshi: example(found.additionalProperties, depth + 1) };
  if (found.format === "date-time") return "2026-01-09T00:30:00Z";
  return { string: "", integer: 0, number: 0, boolean: false, object: {} }[found.type] ?? null;
}

function typeName(schema) {
  const found = resolve(schema);
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (found.anyOf) return found.anyOf.map(typeName).join(" or ");
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.type === "array") return `list of ${typeName(found.items ?? {})}`;
  if (found.type === "object" && found.additionalProperties?.type !== undefined) return `map of ${typeName(found.additionalProperties)}`;
  return found.format ? `${found.type} (${found.format})` : (found.type ?? "any");
}

const pretty = (value) => h("pre", { tabindex: 0 }, JSON.stringify(value, null, 2));

const plain = (text) => text.replaceAll("`", "");

/** `asks`: fields that are sent may be required; those of an answer are simply there. */
function fields(rows, asks = false) {
  const head = ["Field", "Type", asks ? "Needed" : null, "What it is"].filter((title) => title !== null).map((title) => h("th", { scope: "col" }, title));
  const lines = rows.map(({ name, schema, isRequired, text }) =>
    h("tr", {}, h("td", {}, h("code", {}, name)), h("td", { class: "dim text" }, typeName(schema)), asks ? h("td", {}, isRequired ? "yes" : "") : null, h("td", { class: "text" }, plain(text ?? resolve(schema).description ?? ""))));
  return h("div", { class: "scroll" }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, lines)));
}

function properties(schema) {
  const found = resolve(schema);
  const required = new Set(found.required ?? []);
  return Object.entries(found.properties ?? {}).map(([name, field]) => ({ name, schema: field, isRequired: required.has(name), text: field.description }));
}

function exampleUrl(path, operation) {
  const given = (operation.parameters ?? []).filter((each) => each.required);
  const value = (each) => encodeURIComponent(each.example ?? example(each.schema) ?? "");
  const filled = given.filter((each) => each.in === "path").reduce((url, each) => url.replace(`{${each.name}}`, value(each)), path);
  const query = given.filter((each) => each.in === "query").map((each) => `${each.name}=${value(each)}`);
  return query.length ? `${filled}?${query.join("&")}` : filled;
}

function curl(method, url, body, needsKey) {
  const parts = [`curl -s '${location.origin}${url}'`];
  if (method !== "get") parts.push(`-X ${method.toUpperCase()}`);
  if (needsKey) parts.push("-H 'X-API-Key: ...'");
  if (body !== undefined) parts.push("-H 'content-type: application/json'", `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  return parts.join(" ");
}

function runButton(method, url, body, output) {
  const run = async () => {
    const options = body === undefined ? { method } : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(url, { ...options, method: method.toUpperCase() });
    const text = await answer.text();
    const shown = (answer.headers.get("content-type") ?? "").includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text;
    fill(output, h("h4", {}, `${answer.status} ${answer.statusText}`), h("pre", { tabindex: 0 }, shown.length > 40000 ? `${shown.slice(0, 40000)}\n…` : shown));
  };
  return h("button", { type: "button", class: "run", onclick: run }, "Ask");
}

function article({ path, method, operation }) {
  const body = operation.requestBody?.content["application/json"]?.schema;
  const status = Object.keys(operation.responses).find((each) => each.startsWith("2") || each.startsWith("3"));
  const answer = operation.responses[status]?.content?.["application/json"]?.schema;
  const url = exampleUrl(path, operation);
  const bodyExample = body && example(body);
  const output = h("div", { "aria-live": "polite" });
  const parameters = (operation.parameters ?? []).map((each) => ({ name: each.name, schema: each.schema, isRequired: each.required, text: each.description }));
  const problems = Object.entries(operation.responses).filter(([code]) => Number(code) >= 400).map(([code, each]) => `${code} ${each.description}`);
  return h(
    "article",
    { id: operation.operationId },
    h("h3", {}, h("span", { class: "method" }, method.toUpperCase()), path),
    h("p", {}, h("b", {}, operation.summary), operation.summary.endsWith("?") ? " " : ". ", plain(operation.description ?? "")),
    parameters.length ? [h("h4", {}, "In the address"), fields(parameters, true)] : null,
    body ? [h("h4", {}, `Body: ${typeName(body)}`), fields(properties(body), true)] : null,
    answer ? [h("h4", {}, `Answer ${status}: ${typeName(answer)}`), fields(properties(answer))] : null,
    h("h4", {}, "Try"),
    copyable(curl(method, url, bodyExample, method !== "get" && operation.responses["401"])),
    h("div", {}, runButton(method, url, bodyExample, output)),
    output,
    h("div", { class: "pair" },
      body ? h("div", {}, h("h4", {}, "Example body"), pretty(bodyExample)) : null,
      answer ? h("div", {}, h("h4", {}, "Example answer"), pretty(example(answer))) : null),
    h("p", { class: "dim" }, problems.length ? `Problems: ${problems.join(", ")}; each with a remedy.` : "Problems come with a remedy."),
  );
}

const routes = Object.entries(document_.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })));
const groups = (document_.tags ?? []).map((tag) => ({ tag, routes: routes.filter((each) => each.operation.tags?.includes(tag.name)) })).filter((group) => group.routes.length);

document.getElementById("version").textContent = `API ${document_.info.version}`;
document.getElementById("theme").addEventListener("click", () => globalThis.switchTheme());
fill(document.getElementById("contents"), groups.map(({ tag, routes: own }) => [h("h2", {}, tag.name), own.map(({ path, method, operation }) => h("a", { href: `#${operation.operationId}`, title: operation.summary }, h("span", { class: "method" }, method.toUpperCase()), path))]));
fill(
  document.getElementById("view"),
  h("h1", {}, document_.info.title),
  h("p", {}, document_.info.summary),
  document_.info.description.trim().split("\n\n").map((text) => h("p", { class: "dim" }, text.replaceAll("`", ""))),
  groups.map(({ tag, routes: own }) => h("section", {}, h("h2", {}, tag.name), h("p", { class: "dim" }, tag.description), own.map(article))),
  h("section", {}, h("h2", {}, "Problems"), h("p", { class: "dim" }, "Every error is application/problem+json (RFC 9457)."), fields(properties({ $ref: "#/components/schemas/Problem" })), h("h3", {}, "Example"), pretty(example({ $ref: "#/components/schemas/Problem" }))),
);
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
