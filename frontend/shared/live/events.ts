/** Every event the desk socket sends: ids and numbers only; the API says what. */
export type DeskEvent =
  | { type: "hello"; seq: number }
  | { type: "offer.made"; n: number; work_item: string; tenant: string; expires_at: string }
  | { type: "offer.gone"; n: number; work_item: string }
  | { type: "work.changed"; n: number; work_item: string; tenant: string; conversation: string }
  | { type: "message.added"; n?: number; tenant: string; conversation: string; seq: number }
  | { type: "message.state"; n?: number; tenant: string; conversation: string; seq: number }
  | { type: "typing"; tenant: string; conversation: string; who: string }
  | { type: "state.changed"; n: number }
  | { type: "clock.warned"; n?: number; tenant: string; conversation: string; clock: string; event: "at_risk" | "nearly" | "breach" }
  | { type: "floor.changed" }
  | { type: "dispute.changed"; tenant: string; dispute: string }
  | { type: "evaluation.shared"; n: number; tenant: string; evaluation: string }
  | { type: "mentioned"; n: number; tenant: string; conversation: string }
  | { type: "draft.changed"; tenant: string; conversation: string; mode: "reply" | "note"; revision: number }
  | { type: "held.changed"; tenant: string; conversation: string }
  | { type: "conversation.changed"; tenant: string; conversation: string }
  | { type: "live.away" }
  | { type: "resync" };
