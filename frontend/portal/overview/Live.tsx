import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import type { Say } from "../../shared/i18n/use";
import * as api from "../api";
import type { LiveQueue } from "../api";
import { useHears } from "../live";
import { asCount, asDuration } from "../figures";
import { useLocale } from "../locale";
import { useWords, type Key } from "../words/load";

/** Waits grow by themselves; and without the socket, everything else is asked for as well. */
const LOOK_MS = 20_000;
const ASK_MS = 5_000;

/** The shop's queues at this moment. */
export function Live({ first }: { first: LiveQueue[] }) {
  const say = useWords();
  const language = useLocale();
  const hears = useHears();
  const query = useQuery({ queryKey: ["live"], queryFn: api.live, initialData: { queues: first }, staleTime: 0, refetchInterval: hears ? LOOK_MS : ASK_MS });
  const { queues } = query.data;
  return (
    <section aria-labelledby="live">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 pb-3">
        <h2 id="live" className="text-18 font-semibold">
          {say("live.title")}
        </h2>
        <p className="text-13 text-text-2">{say(hears ? "live.at_once" : "live.updated")}</p>
      </div>
      {queues.length === 0 && <p className="border-t border-line py-6 text-text-2">{say("live.none")}</p>}
      <ul className="grid gap-px overflow-hidden rounded border border-line bg-line sm:grid-cols-2">
        {queues.map((queue) => (
          <li key={queue.id} className="bg-surface-1 p-5 sm:odd:last:col-span-2">
            <p className="flex items-center justify-between gap-3">
              <span className="font-medium">{nameQueue(queue, queues, say)}</span>
              <span className="flex items-center gap-1.5 text-13 text-text-2">
                <span aria-hidden className={cx("size-2 rounded-full", queue.open_now ? "bg-ok" : "border border-text-3")} />
                {say(queue.open_now ? "live.open" : "live.closed")}
              </span>
            </p>
            <p className="figures flex items-baseline gap-6 pt-2">
              {queue.waiting > 0 ? (
                <>
                  <Link to="/conversations" search={{ queue: queue.id }} className="opens">
                    <strong className="text-24 font-semibold">{asCount(queue.waiting, language)}</strong> {say("live.waiting")}
                  </Link>
                  <Link to="/conversations" search={{ queue: queue.id }} className="opens text-text-2">
                    {say("live.longest")} {asDuration(queue.longest_wait_seconds)}
                  </Link>
                </>
              ) : (
                <span className="text-text-2">{say("live.nobody")}</span>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The only queue of its kind of channel is called by the kind, in the reader's language. */
function nameQueue(queue: LiveQueue, all: LiveQueue[], say: Say<Key>): string {
  const isOnly = all.filter((each) => each.channel_group === queue.channel_group).length === 1;
  const group = (["chat", "mail"] as const).find((each) => each === queue.channel_group);
  return isOnly && group ? say(`live.groups.${group}`) : queue.name;
}
