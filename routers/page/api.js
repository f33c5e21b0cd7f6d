// The public API, as any other client sees it.

/** What went wrong, in the API's words or in ours when it could not answer at all. */
export class Problem extends Error {
  constructor(fields) {
    super(fields.detail);
    Object.assign(this, { status: 0, remedy: "", errors: [] }, fields);
  }

  get isOffline() {
    return this.status === 0;
  }
}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-cache", credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({
      title: "Crosscourt does not answer",
      detail: "The server was stopped, or this machine lost its way to it.",
      remedy: "Start it again with `crosscourt up`; this page goes on by itself.",
    });
  }
  const type = answer.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) {
    throw new Problem(body ?? { title: answer.statusText, detail: `${path} answered ${answer.status}`, status: answer.status });
  }
  return { body, tag: answer.headers.get("etag"), status: answer.status };
}

export async function get(path, signal) {
  return (await call(path, { signal })).body;
}

export async function post(path, question, signal) {
  const headers = { "content-type": "application/json" };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(question), signal })).body;
}

/** Change something. `later`: it was asked, and the answer says where to look for what becomes of it. */
export async function change(method, path, question = null, headers = {}) {
  const sent = question === null ? { method, headers } : { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(question) };
  const { body, status } = await call(path, sent);
  return { body, later: status === 202 };
}

/**
 * Ask again and again while the page is seen; `show` is called only with news. `every`: seconds, or what tells them.
 * Returns a function that ends it.
 */
export function poll(path, every, show, fail) {
  const seconds = typeof every === "function" ? every : () => every;
  const end = new AbortController();
  let tag = null;
  let timer = 0;
  let pause = seconds();
  const ask = async () => {
    clearTimeout(timer);
    if (end.signal.aborted) return;
    try {
      const { body, tag: fresh } = await call(path, { signal: end.signal });
      if (fresh === null || fresh !== tag) show(body);
      tag = fresh;
      pause = seconds();
      note(null);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (!(problem instanceof Problem)) throw problem;
      tag = null; // show again what comes after a failure, changed or not
      pause = Math.min(pause * 2, 30);
      note(problem);
      fail(problem);
    }
    if (!document.hidden && !end.signal.aborted) timer = setTimeout(ask, pause * 1000);
  };
  const wake = () => (document.hidden ? clearTimeout(timer) : ask());
  document.addEventListener("visibilitychange", wake, { signal: end.signal });
  ask();
  return () => {
    clearTimeout(timer);
    end.abort();
  };
}

const listeners = new Set();

/** Be told after each poll whether the API answers: null, or the problem. */
export function onConnection(listener) {
  listeners.add(listener);
}

function note(problem) {
  for (const listener of listeners) listener(problem);
}
