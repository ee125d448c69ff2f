import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import * as api from "../conversation/related";
import { useWords } from "../words/load";

/** What I follow and where there is news; nothing where I follow nothing. */
export function FollowedList() {
  const say = useWords();
  const { data } = useQuery({ queryKey: api.followedKey, queryFn: api.followed, staleTime: 15_000, refetchInterval: 30_000 });
  if (!data?.length) return null;
  return (
    <nav aria-label={say("related.following")} className="max-h-36 shrink-0 overflow-y-auto border-t border-line px-2 py-1 text-13">
      <ul>
        {data.map((each) => (
          <li key={each.conversation}>
            <Link
              to="/c/$tenant/$conversation"
              params={{ tenant: each.tenant.id, conversation: each.conversation }}
              className="flex h-8 min-w-0 items-center gap-2 rounded-sm px-1.5 hover:bg-surface-3"
            >
              <ClientTile client={each.tenant} />
              <span className="min-w-0 flex-1 truncate">{each.customer_name || each.case_number}</span>
              <span className="num shrink-0 text-12 text-text-3">{each.case_number}</span>
              {each.news > 0 && <span className="num shrink-0 rounded-sm bg-accent-soft px-1.5 text-12 font-medium text-accent">{say("related.news", { count: each.news })}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
