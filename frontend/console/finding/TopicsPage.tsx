import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { ClientFields } from "../customers/ClientFields";

const route = getRouteApi("/inside/topics");

/** A client's contact reasons in two levels, and its tags. */
export function TopicsPage() {
  const say = useWords();
  const me = useMe();
  const navigate = route.useNavigate();
  const { tenant = me.clients[0]?.id } = route.useSearch();
  if (!tenant) return <Page title={say("finding.topics")}><Notice icon="shop" title={say("rights.noClients")} /></Page>;
  return (
    <Page title={say("finding.topics")}>
      <div className="max-w-56 pb-4">
        <SelectField label={say("finding.client")} value={tenant} onChange={(event) => void navigate({ search: { tenant: event.target.value } })}>
          {me.clients.map((client) => (
            <option key={client.id} value={client.id}>
              {client.name}
            </option>
          ))}
        </SelectField>
      </div>
      <Reasons key={`reasons-${tenant}`} tenant={tenant} />
      <TagTable key={`tags-${tenant}`} tenant={tenant} />
      <ClientFields key={`fields-${tenant}`} tenant={tenant} />
    </Page>
  );
}

type Naming = { reason?: api.Reason; parent?: api.Reason };

function Reasons({ tenant }: { tenant: string }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [naming, setNaming] = useState<Naming | null>(null);
  const key = ["reasons", tenant];
  const query = useQuery({ queryKey: key, queryFn: () => api.reasonsOf(tenant) });
  const turn = async (reason: api.Reason) => {
    const kept = await attempt(() => api.keepReason(tenant, { code: reason.code, labels: reason.labels, is_active: !reason.is_active }));
    if (kept) client.setQueryData(key, kept);
  };
  return (
    <section aria-labelledby="reasons" className="pb-8">
      <h2 id="reasons" className="text-13 font-semibold">{say("finding.reasonsTitle")}</h2>
      <p className="pb-2 text-12 text-text-2">{say("finding.reasonsText")}</p>
      <Asked query={query} rows={6} small>
        {(reasons) => (
          <ul className="max-w-2xl">
            {reasons.map((reason) => (
              <li key={reason.code} className={cx("flex min-h-9 flex-wrap items-center gap-2 border-b border-line", reason.parent && "pl-6")}>
                <span className={cx("min-w-0 flex-1 truncate", !reason.parent && "font-medium", !reason.is_active && "text-text-3")}>
                  {reason.label}
                  {!reason.is_active && <span className="ml-2 text-12">({say("finding.outOfUse")})</span>}
                </span>
                {!reason.parent && reason.is_active && (
                  <Button small kind="quiet" aria-label={say("finding.addBelow", { name: reason.label })} onClick={() => setNaming({ parent: reason })}>
                    +
                  </Button>
                )}
                <Button small kind="quiet" aria-label={say("finding.rename", { name: reason.label })} onClick={() => setNaming({ reason })}>
                  {say("finding.renameNow")}
                </Button>
                <Button small kind="quiet" aria-label={say(reason.is_active ? "finding.out" : "finding.back", { name: reason.label })} onClick={() => void turn(reason)}>
                  {reason.is_active ? "−" : "↺"}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Asked>
      <Button small className="mt-3" onClick={() => setNaming({})}>
        {say("finding.addReason")}
      </Button>
      {naming && (
        <ReasonDialog
          tenant={tenant}
          naming={naming}
          onDone={(kept) => {
            setNaming(null);
            if (kept) client.setQueryData(key, kept);
          }}
        />
      )}
    </section>
  );
}

function ReasonDialog({ tenant, naming, onDone }: { tenant: string; naming: Naming; onDone: (kept?: api.Reason[]) => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const languages = [...new Set(["en", "es", ...Object.keys(naming.reason?.labels ?? {})])];
  const [labels, setLabels] = useState<Record<string, string>>(naming.reason?.labels ?? {});
  const keep = useMutation({
    mutationFn: () =>
      api.keepReason(tenant, naming.reason ? { code: naming.reason.code, labels, is_active: naming.reason.is_active } : { parent: naming.parent?.code ?? "", labels }),
    onSuccess: (kept) => {
      toast(say(naming.reason ? "finding.renamed" : "finding.added"));
      onDone(kept);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  const title = naming.reason ? say("finding.rename", { name: naming.reason.label }) : naming.parent ? say("finding.addBelow", { name: naming.parent.label }) : say("finding.addReason");
  const footer = (
    <>
      <Button onClick={() => onDone()}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={keep.isPending || !Object.values(labels).some((text) => text.trim())} onClick={() => keep.mutate()}>
        {say("finding.keep")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={() => onDone()} title={title} footer={footer}>
      <form onSubmit={submit} className="flex flex-col gap-3 pb-2">
        {languages.map((code, place) => (
          <TextField
            key={code}
            autoFocus={place === 0}
            maxLength={80}
            label={say("finding.reasonName", { language: languageName(code, language) })}
            error={place === 0 && keep.error instanceof ApiError ? keep.error.message : undefined}
            value={labels[code] ?? ""}
            onChange={(event) => setLabels({ ...labels, [code]: event.target.value })}
          />
        ))}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function TagTable({ tenant }: { tenant: string }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const key = ["tags-in-use", tenant];
  const query = useQuery({ queryKey: key, queryFn: () => api.tagsInUse(tenant) });
  const [doing, setDoing] = useState<{ tag: api.TagInUse; what: "rename" | "merge" } | null>(null);
  const put = (tags: api.TagInUse[]) => client.setQueryData(key, tags);
  const remove = async (tag: api.TagInUse) => {
    const kept = await attempt(() => api.changeTag(tenant, { tag: tag.id }));
    if (kept) {
      put(kept);
      toast(say("finding.removed"));
    }
  };
  const columns = [{ name: say("finding.tag") }, { name: say("finding.onConversations"), right: true }, { name: say("finding.onCustomers"), right: true, hideOnPhone: true }, { name: say("finding.renameNow"), right: true, silent: true }];
  return (
    <section aria-labelledby="tags">
      <h2 id="tags" className="text-13 font-semibold">{say("finding.tags")}</h2>
      <p className="pb-2 text-12 text-text-2">{say("finding.tagsText")}</p>
      <Asked query={query} rows={4} small isEmpty={(tags) => tags.length === 0} empty={<Notice small icon="tag" title={say("finding.noTagsYet")} />}>
        {(tags) => (
          <div className="max-w-2xl">
            <Table columns={columns} label={say("finding.tags")}>
              {tags.map((tag) => (
                <Line key={tag.id}>
                  <Cell>{tag.name}</Cell>
                  <Cell right>{tag.conversations}</Cell>
                  <Cell right hideOnPhone>{tag.customers}</Cell>
                  <Cell right>
                    <Button small kind="quiet" aria-label={say("finding.rename", { name: tag.name })} onClick={() => setDoing({ tag, what: "rename" })}>
                      {say("finding.renameNow")}
                    </Button>
                    {tags.length > 1 && (
                      <Button small kind="quiet" aria-label={say("finding.merge", { name: tag.name })} onClick={() => setDoing({ tag, what: "merge" })}>
                        {say("finding.mergeNow")}
                      </Button>
                    )}
                    {tag.conversations + tag.customers === 0 && (
                      <Button small kind="quiet" aria-label={say("finding.remove", { name: tag.name })} onClick={() => void remove(tag)}>
                        ×
                      </Button>
                    )}
                  </Cell>
                </Line>
              ))}
            </Table>
            {doing && (
              <TagDialog
                tenant={tenant}
                {...doing}
                others={tags.filter((tag) => tag.id !== doing.tag.id)}
                onDone={(kept) => {
                  setDoing(null);
                  if (kept) put(kept);
                }}
              />
            )}
          </div>
        )}
      </Asked>
    </section>
  );
}

interface TagDialogProps {
  tenant: string;
  tag: api.TagInUse;
  what: "rename" | "merge";
  others: api.TagInUse[];
  onDone: (kept?: api.TagInUse[]) => void;
}

function TagDialog({ tenant, tag, what, others, onDone }: TagDialogProps) {
  const say = useWords();
  const shared = useShared();
  const [name, setName] = useState(tag.name);
  const [into, setInto] = useState(others[0]?.id ?? "");
  const isMerge = what === "merge";
  const change = useMutation({
    mutationFn: () => api.changeTag(tenant, isMerge ? { tag: tag.id, into } : { tag: tag.id, name }),
    onSuccess: (kept) => {
      toast(say(isMerge ? "finding.merged" : "finding.renamed"));
      onDone(kept);
    },
  });
  const error = change.error instanceof ApiError ? change.error.message : undefined;
  const footer = (
    <>
      <Button onClick={() => onDone()}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={change.isPending || !(isMerge ? into : name.trim())} onClick={() => change.mutate()}>
        {say(isMerge ? "finding.mergeNow" : "finding.keep")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={() => onDone()} title={say(isMerge ? "finding.mergeTitle" : "finding.rename", { name: tag.name })} text={isMerge ? say("finding.mergeText", { name: tag.name }) : undefined} footer={footer}>
      <form
        className="pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {isMerge ? (
          <SelectField label={say("finding.into")} error={error} value={into} onChange={(event) => setInto(event.target.value)}>
            {others.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField label={say("finding.name")} autoFocus maxLength={40} error={error} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </form>
    </Dialog>
  );
}
