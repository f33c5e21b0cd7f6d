// Charts by Plotly's own bundle, which is fetched once, when the first chart is shown; nothing else on the page waits for it.
import { fill, h, waiting } from "./elements.js";

const BUNDLE = "/page/plotly.js"; // leads to a file of its version, which the browser keeps for good
const OWN_STYLES = ["plotly.js-style-global", "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"]; // it would write inline; charts.css says it

let bundle = null;

function load() {
  bundle ??= new Promise((resolve, reject) => {
    for (const id of OWN_STYLES) document.head.append(h("meta", { id, class: "no-inline-styles" }));
    const script = h("script", { src: BUNDLE, onload: () => resolve(globalThis.Plotly), onerror: () => ((bundle = null), reject(new Error("the charts' library could not be fetched"))) });
    document.head.append(script);
  });
  return bundle;
}

/** A colour or size of the theme at hand. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * A chart that is drawn when there is something to draw, in the colours of the theme at hand.
 * parts() → { traces, layout }, asked again when the theme changes. label(): what it shows, for those who hear it.
 * Returns { element, draw(), end() }.
 */
export function chart(parts, label) {
  const plot = h("div", { class: "plotly-box" });
  const element = h("figure", { class: "chart-figure" }, waiting("Fetching the charts' library"));
  let isOver = false;

  async function draw() {
    try {
      const plotly = await load();
      if (isOver) return;
      const { traces, layout } = parts();
      if (!plot.isConnected) fill(element, plot);
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", label());
      await plotly.react(plot, traces, { ...frame(), ...layout }, { displayModeBar: false, responsive: true, showTips: false });
    } catch (problem) {
      element.removeAttribute("role"); // a picture would hide the button
      fill(element, h("p", { class: "dim" }, `No chart: ${problem.message}. `, h("button", { type: "button", onclick: draw }, "Try again")));
    }
  }

  const themes = new MutationObserver(draw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const end = () => {
    isOver = true;
    themes.disconnect();
    globalThis.Plotly?.purge(plot);
  };
  return { element, draw, end };
}

/** Axes, ground and letters as the rest of the page has them. */
function frame() {
  const axis = { gridcolor: token("line"), linecolor: token("strong-line"), zeroline: false, tickfont: { color: token("dim"), size: 11 }, fixedrange: true };
  return {
    autosize: true,
    margin: { l: 40, r: 8, t: 28, b: 24 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: token("sans"), size: 11, color: token("text") },
    hoverlabel: { bgcolor: token("raised"), bordercolor: token("strong-line"), font: { color: token("text"), size: 11 } },
    legend: { orientation: "h", y: 1, yanchor: "bottom", x: 0, font: { size: 11, color: token("dim") } },
    hovermode: "x unified",
    xaxis: { ...axis },
    yaxis: { ...axis },
  };
}

/** An axis of `frame` with something more. */
export function axis(more) {
  return { ...frame().xaxis, ...more };
}
