// What happens, as /ws tells it to any client: one connection for the page, resumed where it had ended.

const LONGEST_PAUSE = 15; // seconds
const LINGERS = 3; // seconds without a follower, after which the connection is closed

const followers = new Set();
let socket = null;
let cursor = null; // { since, epoch } of the last update
let isLive = false;
let pause = 1;
let timer = 0;

/**
 * Follow a channel that is numbered and never dropped.
 * tell(data): one update. renew(): some were missed, read the collection anew. onState(isLive): whether updates come.
 * Returns a function that ends it.
 */
export function follow(channel, { tell = () => {}, hear = () => {}, renew = () => {}, onState = () => {} }) {
  const follower = { channel, tell, hear, renew, onState };
  followers.add(follower);
  clearTimeout(timer);
  if (!socket) connect();
  else if (socket.readyState === WebSocket.OPEN) subscribe([channel], null);
  onState(isLive);
  return () => {
    followers.delete(follower);
    if (followers.size) return;
    clearTimeout(timer);
    timer = setTimeout(close, LINGERS * 1000);
  };
}

/**
 * Follow a channel that has a newest: how it stands at once, then what changes; after every loss of the connection anew.
 * tell(message): a snapshot or a change. onState(isTold): whether it is told now. Returns a function that ends it.
 */
export function watch(channel, tell, onState = () => {}) {
  const end = follow(channel, { hear: tell, onState });
  return () => {
    end();
    const isFollowed = [...followers].some((each) => each.channel === channel);
    if (!isFollowed && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ op: "unsubscribe", channels: [channel] }));
  };
}

function connect() {
  const url = new URL("/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const opened = new WebSocket(url);
  socket = opened;
  opened.addEventListener("message", (event) => opened === socket && hear(JSON.parse(event.data)));
  opened.addEventListener("close", () => opened === socket && lose());
}

function close() {
  const open = socket;
  socket = null;
  cursor = null;
  setLive(false);
  open?.close();
}

function lose() {
  socket = null;
  setLive(false);
  clearTimeout(timer);
  if (!followers.size) return;
  timer = setTimeout(connect, pause * 1000);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function hear(message) {
  const { type, epoch, seq } = message;
  if (type === "welcome") subscribe([...new Set([...followers].map((each) => each.channel))], cursor);
  else if (type === "update") {
    cursor = { since: seq, epoch };
    for (const each of followers) if (each.channel === message.channel) each.tell(message.data);
  } else if (type === "marks") {
    for (const each of followers) if (each.channel === message.channel) message.positions.forEach(each.tell);
  } else if (type === "subscribed") begin(epoch, seq);
  else if (type === "live" || type === "cursor") cursor = { since: seq, epoch };
  else if (type === "missing" || type === "epoch") renewAll();
  else if (type === "interrupted") setLive(false);
  else if (type === "restored") setLive(true);
  else if (type === "error") refuse(message.code);
  else for (const each of followers) if (each.channel === message.channel) each.hear(message);
}

function begin(epoch, seq) {
  if (cursor === null) renewAll(); // whatever happened before this is in the collections
  cursor ??= { since: seq, epoch };
  pause = 1;
  setLive(true);
}

function refuse(code) {
  if (code === "bad_since") {
    cursor = null;
    subscribe([...new Set([...followers].map((each) => each.channel))], null);
  } else socket?.close(); // tried again after a pause
}

function subscribe(channels, from) {
  if (channels.length) socket.send(JSON.stringify({ op: "subscribe", channels, ...from }));
}

function renewAll() {
  for (const each of followers) each.renew();
}

function setLive(now) {
  if (isLive === now) return;
  isLive = now;
  for (const each of followers) each.onState(now);
}
