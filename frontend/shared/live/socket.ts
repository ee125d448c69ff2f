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

  const connect = () => {
    clearTimeout(timer);
    if (isClosed) return;
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
      if (end.code !== SIGN_IN) timer = setTimeout(connect, waitBefore(attempt++));
    };
  };
  const beat = () => send({ type: "heartbeat" });
  const send = (frame: object) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const hurry = () => {
    attempt = 0;
    if (socket?.readyState === WebSocket.CLOSED) connect();
  };

  const heart = setInterval(beat, HEARTBEAT_MS);
  window.addEventListener("online", hurry);
  connect();
  return {
    send,
    close: () => {
      isClosed = true;
      clearInterval(heart);
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      socket?.close();
    },
  };
}
