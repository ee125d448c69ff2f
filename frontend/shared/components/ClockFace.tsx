import { useShared } from "../i18n/use";
import type { Clock } from "../model";
import { useNow } from "../time/now";
import { asLeft } from "../time/words";
import { readClock, type Reading, type Tone } from "./clock";
import { cx } from "./cx";

const TONES: Record<Tone, string> = {
  calm: "text-text-2",
  warn: "text-warn",
  risk: "text-risk",
  paused: "text-text-3",
  done: "text-ok",
};

/** A ring that empties as ``used`` grows. */
export function Ring({ used, size = 14, className }: { used: number; size?: number; className?: string }) {
  const round = 2 * Math.PI * 6;
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} className={cx("shrink-0 -rotate-90", className)} aria-hidden>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.22" />
      <circle
        cx="8"
        cy="8"
        r="6"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeDasharray={`${round * (1 - used)} ${round}`}
      />
    </svg>
  );
}

type Say = ReturnType<typeof useShared>;

/** The state of a clock in words: "0:41", "0:20 late", "waiting for customer". */
export function clockWords(clock: Clock, reading: Reading, say: Say): string {
  if (clock.state === "paused") return pausedWords(clock.paused_reason, say);
  if (clock.state === "voided") return say("clock.voided");
  if (clock.state === "met") return say(clock.within_target === false ? "clock.missed" : "clock.met");
  if (reading.left === null) return say("clock.missed");
  return reading.left > 0 ? asLeft(reading.left) : say("clock.over", { time: asLeft(-reading.left) });
}

export function pausedWords(reason: string, say: Say): string {
  if (reason === "waiting_customer") return say("clock.waiting_customer");
  return reason === "waiting_client" ? say("clock.waiting_client") : say("clock.paused");
}

export function metricWords(metric: string, say: Say): string {
  const known = ["first_response", "next_response", "resolution", "answer", "client_answer"] as const;
  const found = known.find((each) => each === metric);
  return found ? say(`clock.${found}`) : metric;
}

/** Ring and words, without the details; fits inside a row that is itself a link. */
export function ClockFace({ clock, named }: { clock: Clock; named?: boolean }) {
  const say = useShared();
  const reading = readClock(clock, useNow());
  const missed = clock.state === "met" && clock.within_target === false;
  return (
    <span className={cx("inline-flex items-center gap-1 text-12 num whitespace-nowrap", missed ? "text-risk" : TONES[reading.tone])}>
      {clock.state === "paused" ? <PausedMark /> : <Ring used={reading.tone === "done" ? 0 : reading.used} />}
      {named && <span>{metricWords(clock.metric, say)}</span>}
      <span>{clockWords(clock, reading, say)}</span>
    </span>
  );
}

function PausedMark() {
  return (
    <svg viewBox="0 0 16 16" width={14} height={14} aria-hidden className="shrink-0">
      <path d="M5.5 4v8M10.5 4v8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
