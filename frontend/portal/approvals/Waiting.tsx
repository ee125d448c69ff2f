import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import * as api from "../api";
import { useWords } from "../words/load";

/** Asked again by itself: what waits for the client is seen without a reload. */
export const waitingQuery = { queryKey: ["approvals", "waiting"], queryFn: api.approvalsWaiting, refetchInterval: 10_000 };

/** How many questions are open, beside the word (wide) or on the icon (small); nothing for none. */
export function Waiting({ small }: { small?: boolean }) {
  const say = useWords();
  const { data } = useQuery(waitingQuery);
  if (!data?.open) return null;
  return (
    <span
      {...(small ? { "aria-hidden": true } : { "aria-label": say("approvals.waiting", { count: data.open }) })}
      className={cx(
        "figures min-w-5 rounded-full px-1.5 text-center text-12 leading-5 font-semibold",
        data.overdue ? "bg-risk-soft text-risk" : "bg-client text-on-client",
        small ? "absolute -top-2 left-3 lg:hidden" : "ml-auto max-lg:sr-only",
      )}
    >
      {data.open}
    </span>
  );
}

/** On the first page: what waits for the client, and the way there. */
export function ApprovalsNote() {
  const say = useWords();
  const { data } = useQuery(waitingQuery);
  if (!data?.open) return null;
  return (
    <div role="status" className="mb-8 flex flex-wrap items-center gap-x-4 gap-y-2 rounded border border-line-strong bg-surface-2 px-4 py-3">
      <p className="flex-1 font-medium">
        {say("approvals.note", { count: data.open })}
        {data.overdue > 0 && <span className="block text-13 font-semibold text-risk">{say("approvals.note_late", { count: data.overdue })}</span>}
      </p>
      <Link to="/approvals" className="tap inline-flex items-center rounded border border-line-strong bg-surface-1 px-4 font-medium hover:bg-surface-3">
        {say("approvals.look")}
      </Link>
    </div>
  );
}
