/** A message for tests, made different where a test says so. */

import type { Message } from "../../shared/model";

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    direction: "in",
    author: "shopper",
    alias: "",
    person_name: null,
    channel: "webchat",
    text: `text ${seq}`,
    html: "",
    event: {},
    language: "es",
    created_at: "2026-11-22T10:00:00Z",
    delivery: "received",
    delivery_error: "",
    attachments: [],
    cards_removed: 0,
    headers: {},
    ...more,
  };
}
