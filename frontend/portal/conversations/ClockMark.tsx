import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { useShared } from "../../shared/i18n/use";
import type { Clock } from "../api";
import { asDuration } from "../figures";
import { useWords, type Key } from "../words/load";

export type Standing = "running" | "paused" | "met" | "late" | "voided";

/** How a clock stands for a reader: stopped in time, late (running or not), running, paused, or not counted. */
export function standingOf(clock: Pick<Clock, "state" | "within_target" | "breached_at">): Standing {
  if (clock.state === "voided") return "voided";
  if (clock.within_target === false || clock.breached_at || clock.state === "breached") return "late";
  return clock.state;
}

const LOOKS: Record<Standing, string> = {
  running: "text-text-2",
  paused: "text-text-2",
  met: "text-ok",
  late: "text-risk",
  voided: "text-text-3",
};
const ICONS = { running: "clock", paused: "pause", met: "check", late: "warn", voided: "close" } as const;

/** The promise and its state in words; never colour alone. */
export function ClockMark({ clock }: { clock: Clock }) {
  const say = useWords();
  const shared = useShared();
  const standing = standingOf(clock);
  const name = clock.clause || shared(`clock.${clock.metric}` as Parameters<typeof shared>[0]);
  return (
    <span className={cx("figures flex min-w-0 items-center gap-1.5 text-13", LOOKS[standing])}>
      <Icon name={ICONS[standing]} size={14} />
      <span className="truncate">
        <span className="text-text-2">{name}</span> {say(`clock_state.${standing}` as Key)} · {asDuration(clock.elapsed_seconds)}
      </span>
    </span>
  );
}
