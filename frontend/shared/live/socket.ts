/** A socket that stays: reconnects with jitter, sends a heartbeat, tells its owner how it stands. */

import { waitBefore } from "./backoff";

export interface Ears<Event> {
  hear: (event: Event) => void;
  /** ``up`` also after a reconnection; ``refused`` means sign in again. */
  state: (state: "up" | "down" | "refused") => void;
}

export interface Live {
  send: (frame: object) => void;
  close: () => void;
}

const HEARTBEAT_MS = 10_000;
/** Signed out. Any other end is met by trying again. */
const SIGN_IN = 4401;

export function openLive<Event>(path: string, ears: Ears<Event>): Live {
  let socket: WebSocket | undefined;
  let attempt = 0;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryAt = 0;

  const connect = () => {
    clearTimeout(timer);
    retryAt = 0;
    if (isClosed || !navigator.onLine) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}${path}`);
    let isUp = false;
    socket.onopen = beat;
    socket.onmessage = (frame) => {
      // A refusal is accepted first and then closed, so only a first word means that the line is up.
      if (!isUp) ears.state("up");
      isUp = true;
      attempt = 0;
      ears.hear(JSON.parse(frame.data as string) as Event);
    };
    socket.onclose = (end) => {
      if (isClosed) return;
      ears.state(end.code === SIGN_IN ? "refused" : "down");
      if (end.code !== SIGN_IN) retry(waitBefore(attempt++));
    };
  };
  const retry = (wait: number) => {
    retryAt = Date.now() + wait;
    timer = setTimeout(connect, wait);
  };
  const beat = () => send({ type: "heartbeat" });
  const send = (frame: object) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const hurry = () => {
    attempt = 0;
    if (!socket || socket.readyState === WebSocket.CLOSED) connect();
  };
  // The network is known to be gone: a half-open socket would stay silent for minutes.
  const drop = () => {
    clearTimeout(timer);
    if (socket) socket.onclose = socket.onmessage = null;
    socket?.close();
    socket = undefined;
    ears.state("down");
  };

  const stopTicking = everyTick(HEARTBEAT_MS, () => {
    if (socket?.readyState === WebSocket.OPEN) beat();
    else if (retryAt && Date.now() >= retryAt) connect();
  });
  window.addEventListener("online", hurry);
  window.addEventListener("offline", drop);
  if (navigator.onLine) connect();
  else ears.state("down");
  return {
    send,
    close: () => {
      isClosed = true;
      stopTicking();
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      window.removeEventListener("offline", drop);
      socket?.close();
    },
  };
}

/** Calls at a steady pace, also while the tab is in the background; returns how to stop. */
function everyTick(pace: number, act: () => void): () => void {
  if (typeof Worker === "undefined") {
    const timer = setInterval(act, pace);
    return () => clearInterval(timer);
  }
  const ticker = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });
  ticker.onmessage = act;
  ticker.postMessage(pace);
  return () => ticker.terminate();
}
