import { cx } from "../components/cx";
import { Icon, type IconName } from "../components/Icon";
import { useLanguage, useShared } from "../i18n/use";
import { asInstant } from "../time/words";

export interface Delivery {
  id: string;
  recipient: string;
  state: "pending" | "sent" | "failed" | "unknown";
  tries: number;
  asked_at: string;
  sent_at: string | null;
  next_try_at: string | null;
  error: string;
}

const LOOKS: Record<Delivery["state"], { icon: IconName; look: string }> = {
  sent: { icon: "check", look: "text-ok" },
  pending: { icon: "clock", look: "text-text-2" },
  failed: { icon: "warn", look: "text-risk" },
  unknown: { icon: "warn", look: "text-warn" },
};

/** Whom a report was mailed to, and what became of each mail, in words. */
export function Deliveries({ deliveries, zone }: { deliveries: readonly Delivery[]; zone: string }) {
  const say = useShared();
  if (deliveries.length === 0) return <p className="text-12 text-text-3">{say("deliveries.none")}</p>;
  return (
    <ul aria-label={say("deliveries.label")} className="flex min-w-0 flex-col gap-1 text-12">
      {deliveries.map((way) => (
        <li key={way.id} className="flex min-w-0 items-start gap-1.5">
          <Icon name={LOOKS[way.state].icon} size={13} className={cx("mt-0.5 shrink-0", LOOKS[way.state].look)} />
          <span className="min-w-0">
            <span className="break-all">{way.recipient}</span> <Outcome way={way} zone={zone} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ way, zone }: { way: Delivery; zone: string }) {
  const say = useShared();
  const language = useLanguage();
  const at = way.sent_at ?? way.next_try_at;
  return (
    <span className="text-text-2">
      {say(`deliveries.${way.state}`, { at: at ? asInstant(at, language, zone) : "" })}
      {way.tries > 1 && ` · ${say("deliveries.tries", { n: way.tries })}`}
      {way.error && <span className="block break-words text-text-3">{way.error}</span>}
    </span>
  );
}
