import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState, type FormEvent } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import type { Conversation } from "../../shared/model";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./related";
import { threadKey } from "./thread";

const MergeIntoDialog = lazy(() => import("./MergeIntoDialog").then((module) => ({ default: module.MergeIntoDialog })));

/** Followed, opened again, linked with others of the client. */
export function Related({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const key = api.linksKey(tenant, conversation.id);
  // Looking is what makes news of a followed conversation old: it is asked again with each message.
  const query = useQuery({ queryKey: [...key, conversation.last_seq], queryFn: () => api.links(tenant, conversation.id), staleTime: 5_000 });
  const mayWork = has(useMe(), "agent", "supervisor");
  const [into, setInto] = useState<{ id: string; case_number: string } | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: key });
  const turn = async (on: boolean) => {
    if (!(await attempt(() => api.follow(tenant, conversation.id, on)))) return;
    toast(say(on ? "related.followed" : "related.unfollowed"), on ? {} : { act: { label: say("finding.undo"), run: () => void turn(true) } });
    await Promise.all([refresh(), client.invalidateQueries({ queryKey: api.followedKey })]);
  };
  const reopen = async () => {
    if (!(await attempt(() => api.reopen(tenant, conversation.id)))) return;
    toast(say("related.reopened"));
    await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id) });
    await sync();
  };
  const unlink = async (other: { id: string; case_number: string }) => {
    if (!(await attempt(() => api.unlink(tenant, conversation.id, other.id)))) return;
    toast(say("related.unlinked"), { act: { label: say("finding.undo"), run: () => void attempt(() => api.link(tenant, conversation.id, other.case_number)).then(refresh) } });
    await refresh();
  };
  return (
    <Asked query={query} rows={2} small>
      {({ linked, is_followed }) => (
        <div className="flex flex-col gap-2">
          <div className="flex flex-wrap gap-2">
            <Button small aria-pressed={is_followed} onClick={() => void turn(!is_followed)}>
              {say(is_followed ? "related.unfollow" : "related.follow")}
            </Button>
            {conversation.status === "closed" && mayWork && (
              <Button small onClick={() => void reopen()}>
                {say("related.reopen")}
              </Button>
            )}
          </div>
          {linked.length > 0 && (
            <ul className="-mx-2" aria-label={say("related.linked")}>
              {linked.map((each) => (
                <li key={each.id} className="flex items-center">
                  <Link to="/c/$tenant/$conversation" params={{ tenant, conversation: each.id }} className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-sm px-2 hover:bg-surface-3">
                    <Icon name={channelIcon(each.channel)} size={13} className="text-text-3" />
                    <span className="min-w-0 flex-1 truncate">{each.subject || each.case_number}</span>
                    <span className="shrink-0 text-12 text-text-3">{say(`talk.status.${each.status}`)}</span>
                  </Link>
                  {mayWork && each.status !== "closed" && (
                    <IconButton label={say("related.mergeInto", { number: each.case_number })} onClick={() => setInto(each)}>
                      <Icon name="move" size={12} />
                    </IconButton>
                  )}
                  {mayWork && (
                    <IconButton label={say("related.unlink", { number: each.case_number })} onClick={() => void unlink(each)}>
                      <Icon name="close" size={12} />
                    </IconButton>
                  )}
                </li>
              ))}
            </ul>
          )}
          {mayWork && <LinkField onLink={async (number) => Boolean(await attempt(() => api.link(tenant, conversation.id, number))) && (await refresh(), true)} />}
          <Suspense>{into && <MergeIntoDialog tenant={tenant} conversation={conversation} into={into} onDone={() => setInto(null)} />}</Suspense>
        </div>
      )}
    </Asked>
  );
}

function LinkField({ onLink }: { onLink: (number: string) => Promise<boolean> }) {
  const say = useWords();
  const [number, setNumber] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (number.trim() && (await onLink(number.trim()))) setNumber("");
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex gap-1.5">
      <input
        value={number}
        maxLength={20}
        aria-label={say("related.linkWith")}
        placeholder={say("related.linkWith")}
        onChange={(event) => setNumber(event.target.value)}
        className="h-6 min-w-0 flex-1 rounded-sm border border-line bg-surface-1 px-1.5 text-12 placeholder:text-text-3 focus-visible:outline-2 focus-visible:-outline-offset-1"
      />
      <Button small type="submit" disabled={!number.trim()}>
        {say("related.link")}
      </Button>
    </form>
  );
}
