import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { IconButton } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

export const useViews = () => useQuery({ queryKey: api.viewsKey, queryFn: api.views, staleTime: 20_000, refetchInterval: 60_000 });

/** Mine, then those shared with a team; each with how many it shows now. */
export function Views({ current }: { current?: string }) {
  const say = useWords();
  const query = useViews();
  const me = useMe();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: api.viewsKey });
  const again = useMutation({ mutationFn: (view: api.SavedView) => api.saveView(view.name, view.query, view.shared_with?.id ?? null), onSuccess: refresh });
  const forget = useMutation({
    mutationFn: (view: api.SavedView) => api.forgetView(view.id),
    onSuccess: (_, view) => {
      toast(say("finding.forgotten", { name: view.name }), { act: { label: say("finding.undo"), run: () => again.mutate(view) } });
      return refresh();
    },
  });
  const empty = <p className="py-1 text-12 text-text-2">{say("finding.noViews")}</p>;
  return (
    <Asked query={query} rows={2} small isEmpty={(views) => views.length === 0} empty={empty}>
      {(views) => (
        <ul className="-mx-1.5">
          {views.map((view) => (
            <li key={view.id} className="group flex items-center">
              <ViewLink view={view} isCurrent={view.query === current} />
              {(view.mine || has(me, "supervisor", "operator")) && (
                <IconButton label={say("finding.forget", { name: view.name })} onClick={() => forget.mutate(view)}>
                  <Icon name="close" size={12} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </Asked>
  );
}

export function ViewLink({ view, isCurrent }: { view: api.SavedView; isCurrent?: boolean }) {
  const say = useWords();
  return (
    <Link
      to="/search"
      search={{ q: view.query }}
      title={view.query}
      aria-current={isCurrent ? "true" : undefined}
      className={cx("flex h-8 min-w-0 flex-1 items-center gap-2 rounded-sm px-1.5 hover:bg-surface-3", isCurrent && "bg-surface-3 font-medium")}
    >
      <span className="min-w-0 flex-1 truncate">{view.name}</span>
      {view.shared_with && <ClientTile client={view.shared_with} />}
      {view.count !== null && <span className="num shrink-0 text-12 text-text-3">{view.is_more ? say("finding.manyMore", { count: view.count }) : view.count}</span>}
    </Link>
  );
}

/** Below the work in hand; nothing where nobody saved a view. */
export function DeskViews() {
  const say = useWords();
  const { data } = useViews();
  if (!data?.length) return null;
  return (
    <nav aria-label={say("finding.views")} className="max-h-36 shrink-0 overflow-y-auto border-t border-line px-2 py-1 text-13">
      <ul>
        {data.map((view) => (
          <li key={view.id} className="flex">
            <ViewLink view={view} />
          </li>
        ))}
      </ul>
    </nav>
  );
}
