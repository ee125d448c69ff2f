import * as Tooltip from "radix-ui/tooltip";
import type { ReactNode } from "react";

import { useLanguage, useShared } from "../i18n/use";
import type { Clock } from "../model";
import { asInstant, asLeft } from "../time/words";
import { ClockFace, metricWords, pausedWords } from "./ClockFace";

/** The clock with its promise, start, pauses and deadline on hover or focus. */
export function ClockRing({ clock, zone }: { clock: Clock; zone?: string }) {
  return (
    <Tooltip.Provider delayDuration={250}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>
          <button type="button" className="rounded-sm">
            <ClockFace clock={clock} named />
          </button>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content sideOffset={6} collisionPadding={8} className="appear z-50 rounded bg-surface-1 px-3 py-2 shadow-float">
            <ClockDetails clock={clock} zone={zone} />
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

function ClockDetails({ clock, zone }: { clock: Clock; zone?: string }) {
  const say = useShared();
  const language = useLanguage();
  return (
    <dl className="grid grid-cols-[auto_auto] gap-x-4 gap-y-1 text-12">
      <Term name={say("clock.promise")}>
        {metricWords(clock.metric, say)} · {asLeft(clock.target_seconds)}
      </Term>
      <Term name={say("clock.started")}>{asInstant(clock.started_at, language)}</Term>
      {clock.state === "paused" && <Term name={say("clock.pausedFor")}>{pausedWords(clock.paused_reason, say)}</Term>}
      <Term name={say("clock.used")}>{asLeft(clock.elapsed_seconds)}</Term>
      {clock.due_at && <Term name={say("clock.due")}>{asInstant(clock.due_at, language)}</Term>}
      {clock.due_at && zone && (
        <Term name={say("clock.dueThere", { zone: zone.split("/").pop()!.replace("_", " ") })}>
          {asInstant(clock.due_at, language, zone)}
        </Term>
      )}
      {clock.calendar && <Term name={say("clock.calendar")}>{clock.calendar.replaceAll("_", " ")}</Term>}
      {clock.clause && <Term name={say("clock.clause")}>{clock.clause}</Term>}
    </dl>
  );
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-text-3">{name}</dt>
      <dd className="num text-text-1">{children}</dd>
    </>
  );
}
