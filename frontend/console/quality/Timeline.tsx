import { metricWords } from "../../shared/components/ClockFace";
import { cx } from "../../shared/components/cx";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Message, TimelineEntry } from "../../shared/model";
import { asDay, asHour, dayKey } from "../../shared/time/words";
import { wordOr } from "../desk/channels";
import { useWords } from "../words/load";

const KINDS = ["started", "paused", "resumed", "met", "breached", "retargeted", "voided"] as const;
const REASONS = ["waiting_customer", "waiting_client"] as const;

interface Row {
  at: string;
  text: string;
  kind: string;
  message?: string;
}

/** What was said when, and what the clocks did meanwhile. */
export function Timeline({ entries, messages }: { entries: TimelineEntry[]; messages: Message[] }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const clocks = entries.map((entry): Row => {
    const reason = entry.reason && wordOr(REASONS, entry.reason, (known) => shared(`clock.${known}`)).replaceAll("_", " ");
    const what = wordOr(KINDS, entry.kind, (kind) => say(`disputes.events.${kind}`));
    return { at: entry.at, kind: entry.kind, text: `${metricWords(entry.metric, shared)}: ${what}${reason ? ` (${reason})` : ""}` };
  });
  const said = messages
    .filter((message) => message.direction !== "event")
    .map((message): Row => ({ at: message.created_at, kind: "said", text: say(`quality.spoke.${message.direction === "in" ? "in" : message.direction === "note" ? "note" : "out"}`), message: message.id }));
  const rows = [...clocks, ...said].sort((a, b) => a.at.localeCompare(b.at));
  return (
    <section aria-label={say("quality.timeline")} className="flex shrink-0 flex-col border-line bg-surface-1 max-lg:border-t lg:min-h-0 lg:w-60 lg:border-l">
      <h2 className="px-4 pt-3 pb-2 text-13 font-semibold">{say("quality.timeline")}</h2>
      <ol tabIndex={0} aria-label={say("quality.timeline")} className="min-h-0 flex-1 overflow-y-auto px-4 pb-4 focus-visible:-outline-offset-2">
        {rows.map((row, place) => (
          <li key={place} className="flex gap-2 py-1 text-12">
            <time dateTime={row.at} className="num w-10 shrink-0 text-text-3">
              {asHour(row.at, language)}
            </time>
            <span className={cx("min-w-0", row.kind === "breached" ? "text-risk" : row.kind === "said" ? "text-text-1" : "text-text-2")}>
              {(place === 0 || dayKey(row.at) !== dayKey(rows[place - 1]!.at)) && <span className="block text-text-3">{asDay(row.at, language, Date.now())}</span>}
              {row.message ? (
                <a href={`#said-${row.message}`} className="hover:underline">
                  {row.text}
                </a>
              ) : (
                row.text
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
