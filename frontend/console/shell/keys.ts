/** The keyboard: single keys where nobody is typing, and "G then a letter" to move. */

import { useLayoutEffect, useRef } from "react";

export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const SECOND_KEY_MS = 1200;
let leader = "";
let leaderTimer: ReturnType<typeof setTimeout> | undefined;
const maps: { current: KeyMap }[] = [];

/** Keys of a part of the screen while it is shown; the part shown last is asked first. */
export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useLayoutEffect(() => {
    maps.push(latest);
    if (maps.length === 1) document.addEventListener("keydown", onKey);
    return () => {
      maps.splice(maps.indexOf(latest), 1);
      if (maps.length === 0) document.removeEventListener("keydown", onKey);
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  const found = maps.toReversed().find((map) => map.current[name]);
  if (!found || isBusy(event, name)) return remember(event);
  event.preventDefault();
  leader = "";
  found.current[name]!(event);
}

/** "mod+k", "shift+n", "g d", "r", "enter". */
function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  if (event.metaKey || event.ctrlKey) return `mod+${key}`;
  if (event.altKey) return `alt+${key}`;
  if (leader) return `${leader} ${key}`;
  return event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key;
}

function remember(event: KeyboardEvent): void {
  clearTimeout(leaderTimer);
  leader = event.key === "g" && !event.metaKey && !event.ctrlKey && !isTyping(event.target) ? "g" : "";
  if (leader) leaderTimer = setTimeout(() => (leader = ""), SECOND_KEY_MS);
}

function isBusy(event: KeyboardEvent, name: string): boolean {
  if (name === "mod+k") return false;
  if (document.querySelector("[role=dialog],[role=menu]")) return true;
  if (isTyping(event.target)) return !name.startsWith("mod+");
  return name === "enter" && isPressable(event.target);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Enter belongs to a button or link that was reached by keyboard. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(A|BUTTON|SUMMARY)$/.test(target.tagName) && target.matches(":focus-visible");
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const MOD = isMac ? "⌘" : "Ctrl";
