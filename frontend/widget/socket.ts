import type { Event } from "./contract";

export type Link = "none" | "live" | "lost";

interface Hooks {
  url: () => string;
  onEvent: (event: Event) => void;
  onLink: (link: Link) => void;
  /** The token is no longer good: do not come back with it. */
  onRefused: () => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** How long to wait before the n-th attempt; spread, so that many shoppers do not return in the same instant. */
export function waitBefore(attempt: number, random: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + random / 2);
}

/** One socket that comes back by itself. It brings doorbells only; what was missed is asked for by number. */
export class LiveSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;

  constructor(private readonly hooks: Hooks) {}

  start(): void {
    this.wanted = true;
    if (!this.socket) this.connect();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
    this.hooks.onLink("none");
  }

  /** The network came back: do not wait for the timer. */
  hurry(): void {
    if (!this.wanted || this.socket?.readyState === WebSocket.OPEN) return;
    this.attempt = 0;
    this.drop();
    this.connect();
  }

  /** The network is known to be gone: a half-open socket would stay silent for minutes. */
  drop(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    if (this.wanted) this.hooks.onLink("lost");
  }

  send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.hooks.url());
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.hooks.onLink("live");
    };
    socket.onmessage = (frame) => {
      const event = read(frame.data);
      if (event) this.hooks.onEvent(event);
    };
    socket.onclose = (close) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (close.code === 4401 || close.code === 4403) this.hooks.onRefused();
      if (!this.wanted) return;
      this.hooks.onLink("lost");
      this.timer = setTimeout(() => this.connect(), waitBefore(this.attempt, Math.random()));
      this.attempt += 1;
    };
  }
}

function read(data: unknown): Event | null {
  try {
    return JSON.parse(String(data)) as Event;
  } catch {
    return null;
  }
}
