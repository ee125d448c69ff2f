import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Button } from "../../shared/components/Button";
import { Asked } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import type { Conversation } from "../../shared/model";
import { threadKey } from "../conversation/thread";
import { useTry } from "../desk/actions";
import { Tags } from "../finding/Tags";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./beside";
import { FieldList } from "./FieldList";
import { MarkBoxes } from "./Marks";
import { Notes } from "./Notes";

const MergeDialog = lazy(() => import("./MergeDialog").then((module) => ({ default: module.MergeDialog })));
const RevealDialog = lazy(() => import("./RevealDialog").then((module) => ({ default: module.RevealDialog })));

/** What is kept about the customer: marks, tags, fields, notes; merged with another record, shown for a reason. */
export function Beside({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const customer = conversation.customer.id;
  const key = api.besideKey(tenant, customer);
  const query = useQuery({ queryKey: key, queryFn: () => api.beside(tenant, customer), staleTime: 15_000 });
  return (
    <Asked query={query} rows={3} small>
      {(shown) => <Shown tenant={tenant} conversation={conversation} shown={shown} />}
    </Asked>
  );
}

export type Keep = (step: () => Promise<api.Beside>) => Promise<boolean>;

function Shown({ tenant, conversation, shown }: { tenant: string; conversation: Conversation; shown: api.Beside }) {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const attempt = useTry();
  const [asking, setAsking] = useState<"merge" | "reveal" | null>(null);
  const mayWork = has(me, "agent", "supervisor");
  const key = api.besideKey(tenant, shown.id);
  const keep: Keep = async (step) => {
    const next = await attempt(step);
    if (!next) return false;
    client.setQueryData(key, next);
    await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id) });
    return true;
  };
  const tag = async (names: string[]) => {
    const before = shown.tags;
    client.setQueryData(key, { ...shown, tags: names.map((name) => before.find((each) => each.name === name) ?? { id: name, name }) });
    const kept = await attempt(() => api.tagCustomer(tenant, shown.id, names));
    client.setQueryData(key, { ...shown, tags: kept ?? before });
  };
  return (
    <div className="flex flex-col gap-3 pt-2">
      {shown.is_masked && (
        <p className="text-12 text-text-2">
          {say("beside.masked")}{" "}
          <Button small onClick={() => setAsking("reveal")}>
            {say("beside.reveal")}
          </Button>
        </p>
      )}
      {!shown.is_masked && conversation.customer.identities.some((each, place) => each.address !== shown.identities[place]?.address) && <Revealed shown={shown} />}
      <MarkBoxes shown={shown} mayChange={mayWork} onChange={(marks) => keep(() => api.mark(tenant, shown.id, marks))} />
      <div>
        <h3 className="pb-1 text-12 text-text-3">{say("finding.tags")}</h3>
        <Tags tenant={tenant} tags={shown.tags} label={say("beside.tagsOf")} onChange={mayWork ? (names) => void tag(names) : undefined} />
      </div>
      <FieldList fields={shown.fields} mayChange={mayWork} onChange={(values) => keep(() => api.fill(tenant, shown.id, values))} />
      <Notes tenant={tenant} shown={shown} mayChange={mayWork} keep={keep} />
      {shown.merges.map((merge) => (
        <p key={merge.id} className="text-12 text-text-2">
          {say("beside.mergedWith", { name: merge.name || say("talk.noName") })} <When at={merge.at} />
          {merge.can_undo && mayWork && (
            <Button small kind="quiet" onClick={() => void keep(() => api.undoMerge(tenant, shown.id, merge.id))}>
              {say("beside.undoMerge")}
            </Button>
          )}
        </p>
      ))}
      {mayWork && (
        <Button small className="self-start" onClick={() => setAsking("merge")}>
          {say("beside.merge")}
        </Button>
      )}
      <Suspense>
        {asking === "merge" && <MergeDialog tenant={tenant} shown={shown} keep={keep} onDone={() => setAsking(null)} />}
        {asking === "reveal" && <RevealDialog tenant={tenant} customer={shown.id} keep={keep} onDone={() => setAsking(null)} />}
      </Suspense>
    </div>
  );
}

/** The card above goes on showing what the server masked: what was revealed stands here, while this page is open. */
function Revealed({ shown }: { shown: api.Beside }) {
  return (
    <ul className="rounded-sm bg-surface-3 px-2 py-1 text-12">
      {shown.identities.map((each) => (
        <li key={each.kind + each.address} className="break-all">{each.address}</li>
      ))}
    </ul>
  );
}
