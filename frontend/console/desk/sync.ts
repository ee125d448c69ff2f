/** Brings the desk up to date: one question at a time, asked again if more came in meanwhile. */

import type { Desk, Work } from "../../shared/model";
import * as api from "../api";
import { useDesk } from "./store";

export interface News {
  offers: Work[];
  unread: Work[];
  /** A supervisor who set this agent's state just now. */
  setBy: string;
  /** A promise on it was warned of since. */
  warned: Work[];
}

type Listener = (news: News) => void;
const listeners = new Set<Listener>();

/** Be told of new offers and of messages that came in. */
export function onNews(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let running: Promise<void> | null = null;
let again = false;

export function sync(): Promise<void> {
  if (running) {
    again = true;
    return running;
  }
  running = ask().finally(() => {
    running = null;
    if (!again) return;
    again = false;
    void sync();
  });
  return running;
}

async function ask(): Promise<void> {
  const { seq, desk: before } = useDesk.getState();
  try {
    const changes = await api.changesSince(before ? seq : 0);
    if (changes.desk) take(before, changes.desk);
    useDesk.setState({ seq: changes.seq, error: null });
  } catch (error) {
    useDesk.setState({ error });
  }
}

function take(before: Desk | null, desk: Desk): void {
  useDesk.setState({ desk });
  if (before) tell(newsBetween(before, desk));
}

export function newsBetween(before: Desk, after: Desk): News {
  const had = new Set(before.offers.map((work) => work.id));
  const unread = new Map(before.active.map((work) => [work.id, work.unread]));
  const warned = new Map(before.active.map((work) => [work.id, lastWarning(work)]));
  return {
    offers: after.offers.filter((work) => !had.has(work.id)),
    warned: after.active.filter((work) => lastWarning(work) > (warned.get(work.id) ?? 3)),
    unread: after.active.filter((work) => work.unread > (unread.get(work.id) ?? 0)),
    setBy: before.state?.since !== after.state?.since ? (after.state?.set_by?.name ?? "") : "",
  };
}

const WARNINGS = ["", "at_risk", "nearly", "breach"];

/** The gravest warning on what is still owed: 0 for none, 3 for a broken promise. */
export function lastWarning(work: Pick<Work, "clocks">): number {
  const owed = work.clocks.filter((clock) => clock.state === "running" || clock.state === "breached");
  return Math.max(0, ...owed.map((clock) => WARNINGS.indexOf(clock.told)));
}

function tell(news: News): void {
  if (news.offers.length || news.unread.length || news.warned.length || news.setBy) listeners.forEach((listener) => listener(news));
}
