/** The server's time as this browser knows it, ticking once a second for whoever shows a clock. */

import { useSyncExternalStore } from "react";

let skew = 0;

/** A wrong wall clock on this machine must not shorten an offer: learn the difference from answers. */
export function noteServerTime(date: string | null): void {
  const server = date ? Date.parse(date) : NaN;
  if (Number.isNaN(server)) return;
  const difference = server + 500 - Date.now();
  skew = Math.abs(difference) > 2000 ? difference : 0;
}

export function now(): number {
  return Date.now() + skew;
}

const listeners = new Set<() => void>();
let second = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    const at = Math.floor(now() / 1000);
    if (at === second) return;
    second = at;
    listeners.forEach((each) => each());
  }, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds of the current second; renders the caller once a second. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => second) * 1000;
}
