import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Failure } from "../../shared/components/States";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { Verdicts } from "../disputes/Verdicts";
import { asDuration } from "../figures";
import { nameReason } from "../reasons";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords, type Key } from "../words/load";
import { Arithmetic } from "./Arithmetic";
import { standingOf } from "./ClockMark";

/** One promise: what was promised, what was used, the ledger behind it, and the arithmetic on demand. */
export function ClockCard({ clock }: { clock: api.LedgerClock }) {
  const say = useWords();
  const shared = useShared();
  const language = useLocale();
  const zone = useShop().time_zone;
  const spoken = useLanguage();
  // From a dispute one comes for its arithmetic.
  const [isAsked, setIsAsked] = useState(location.hash === `#clock-${clock.id}`);
  useEffect(() => {
    const look = () => location.hash === `#clock-${clock.id}` && setIsAsked(true);
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, [clock.id]);
  const query = useQuery({
    queryKey: ["recompute", clock.id, spoken],
    queryFn: () => api.recompute(clock.id, spoken),
    enabled: isAsked,
    staleTime: 0,
  });
  const standing = standingOf(clock);
  const share = Math.min(1, clock.elapsed_seconds / clock.target_seconds);
  return (
    <article id={`clock-${clock.id}`} className="scroll-mt-4 border-b border-line py-5">
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="font-semibold">{clock.clause || shared(`clock.${clock.metric}` as Parameters<typeof shared>[0])}</h3>
        <span className={cx("text-13 font-medium", standing === "late" ? "text-risk" : standing === "met" ? "text-ok" : "text-text-2")}>
          {say(`clock_state.${standing}` as Key)}
        </span>
      </div>
      <p className="figures pt-1 text-13 text-text-2">
        {say("case.used")} {asDuration(clock.elapsed_seconds)} · {say("case.target")} {asDuration(clock.target_seconds)} {say("case.hours")}
      </p>
      <div aria-hidden className="mt-2 h-1.5 rounded-sm bg-surface-4">
        <div className={cx("h-full rounded-sm", standing === "late" ? "bg-risk" : standing === "met" ? "bg-ok" : "bg-text-3")} style={{ width: `${share * 100}%` }} />
      </div>
      {clock.due_at && standing === "running" && (
        <p className="figures pt-2 text-13 text-text-2">
          {say("case.due")} {asInstant(clock.due_at, language, zone)}
        </p>
      )}
      <h4 className="pt-4 pb-1 text-13 font-medium text-text-2">{say("case.ledger")}</h4>
      <ol className="figures text-13">
        {clock.events.map((event, index) => (
          <Event key={index} event={event} />
        ))}
      </ol>
      {query.data ? (
        <>
          <Arithmetic data={query.data} />
          <Verdicts data={query.data} />
        </>
      ) : query.isError ? (
        <Failure small error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Button className="mt-3 h-11 sm:h-9" disabled={query.isFetching} onClick={() => setIsAsked(true)}>
          {say(query.isFetching ? "case.recomputing" : "case.recompute")}
        </Button>
      )}
    </article>
  );
}

function Event({ event }: { event: api.LedgerEvent }) {
  const say = useWords();
  const shared = useShared();
  const language = useLocale();
  const zone = useShop().time_zone;
  const reason = nameReason(event.reason, shared);
  return (
    <li className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-3 py-1">
      <time dateTime={event.at} title={asInstant(event.at, language, zone)} className="text-text-2">
        {new Date(event.at).toLocaleString(language, { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone })}
      </time>
      <span>
        {say(`event.${event.kind}` as Key)}
        {reason && `: ${reason}`}
        {event.seconds !== null && ` (${asDuration(event.seconds)})`}{" "}
        <span className="text-text-2">
          {event.seq !== null && event.cause === "message" ? (
            <a href={`#message-${event.seq}`} className="opens">
              {say("cause.message", { seq: event.seq })}
            </a>
          ) : (
            ["person", "rule", "sweep"].includes(event.cause) && say(`cause.${event.cause}` as Key)
          )}
          {event.by && ` · ${event.by}`}
        </span>
      </span>
    </li>
  );
}
