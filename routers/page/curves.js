// A line over time, drawn without a library: what something was worth, and how far below its best.
import { dollars } from "./amounts.js";
import { draw, h } from "./elements.js";
import { timeElement } from "./times.js";

const [WIDTH, HEIGHT, EDGE] = [800, 180, 6];

/** points: [{ at, value }], the oldest first. `name`: what it is, for those who hear it. */
export function curve(points, name) {
  const times = points.map((each) => new Date(each.at).getTime());
  const values = points.map((each) => each.value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (at) => EDGE + ((WIDTH - 2 * EDGE) * (at - times[0])) / Math.max(1, times.at(-1) - times[0]);
  const y = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / Math.max(1e-9, high - low);
  const peaks = values.map(((best) => (value) => (best = Math.max(best, value)))(0));
  const place = (list) => list.map((value, at) => `${x(times[at]).toFixed(1)},${y(value).toFixed(1)}`);
  const guide = draw("line", { class: "guide", y1: 0, y2: HEIGHT, visibility: "hidden" });
  const last = values.at(-1);
  const svg = draw("svg", { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${name}: ${dollars(last)} now, at best ${dollars(Math.max(...peaks))}, from ${dollars(Math.min(...values))} to ${dollars(Math.max(...values))}` },
    draw("polygon", { class: "below", points: [...place(peaks), ...place(values).reverse()].join(" ") }),
    draw("line", { class: "zero", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }),
    draw("polyline", { class: "line", points: place(values).join(" ") }),
    guide);
  const caption = h("figcaption", { class: "dim" });
  const tell = (at) => caption.replaceChildren(timeElement(points[at].at, new Date(points[at].at).toLocaleTimeString()), ` ${dollars(values[at])}`, peaks[at] > values[at] ? `, ${dollars(peaks[at] - values[at])} below its best` : "");
  const rest = () => (guide.setAttribute("visibility", "hidden"), tell(points.length - 1));
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const wanted = ((event.clientX - box.left) / box.width) * WIDTH;
    const at = times.reduce((best, time, index) => (Math.abs(x(time) - wanted) < Math.abs(x(times[best]) - wanted) ? index : best), 0);
    for (const end of ["x1", "x2"]) guide.setAttribute(end, x(times[at]));
    guide.setAttribute("visibility", "visible");
    tell(at);
  });
  svg.addEventListener("pointerleave", rest);
  rest();
  const scale = h("div", { class: "scale dim", "aria-hidden": "true" }, h("span", {}, dollars(high)), h("span", {}, dollars(low)));
  const clock = (point) => timeElement(point.at, new Date(point.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const ends = h("div", { class: "ends dim", "aria-hidden": "true" }, clock(points[0]), clock(points.at(-1)));
  return h("figure", { class: "chart" }, h("div", { class: "plot" }, svg, scale, ends), caption);
}

/** The points of several accounts as one: each counts as it stood last, and before its first point as it stood there. */
export function together(points) {
  const known = new Map([...points].reverse().map((each) => [each.account, Number(each.profit)]));
  const found = new Map();
  for (const each of points) {
    known.set(each.account, Number(each.profit));
    found.set(each.at, [...known.values()].reduce((sum, value) => sum + value, 0));
  }
  return [...found].map(([at, value]) => ({ at, value }));
}
