/** Brings the desk up to date: one question at a time, asked again if more came in meanwhile. */

import type { Desk, Work } from "../../shared/model";
import * as api from "../api";
import { useDesk } from "./store";

export interface News {
  offers: Work[];
  unread: Work[];
  /** A supervisor who set this agent's state just now. */
  setBy: string;
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
  return {
    offers: after.offers.filter((work) => !had.has(work.id)),
    unread: after.active.filter((work) => work.unread > (unread.get(work.id) ?? 0)),
    setBy: before.state?.since !== after.state?.since ? (after.state?.set_by?.name ?? "") : "",
  };
}

function tell(news: News): void {
  if (news.offers.length || news.unread.length || news.setBy) listeners.forEach((listener) => listener(news));
}
