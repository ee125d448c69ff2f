/** Ticks in a worker of its own: a tab in the background has its own timers slowed down to one a minute. */

self.onmessage = (asked: MessageEvent<number>) => setInterval(() => self.postMessage(null), asked.data);

export {};
