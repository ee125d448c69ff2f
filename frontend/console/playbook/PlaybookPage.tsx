import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { SelectField, TextField } from "../../shared/components/Field";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { KINDS, wordsOf } from "./bodies";
import { Editor } from "./Editor";
import { ImportDialog } from "./ImportDialog";
import { matching } from "./match";
import { PlaybookFrame } from "./PlaybookFrame";

const route = getRouteApi("/inside/playbook");

/** What is said and done for a client, kept by who leads: every change a version, nothing lost. */
export function PlaybookPage() {
  const say = useWords();
  const me = useMe();
  const { tenant = me.clients[0]?.id ?? "", kind = "reply", item, archived } = route.useSearch();
  const navigate = route.useNavigate();
  const go = (to: { kind?: api.Kind; item?: string; archived?: 1; tenant?: string }) => void navigate({ search: { tenant, kind, ...to } });
  const query = useQuery({
    queryKey: ["shelf", tenant, kind, Boolean(archived)],
    queryFn: () => api.shelf(tenant, kind, archived ? "archived" : "in_use"),
    enabled: tenant !== "",
    staleTime: 0,
  });
  if (!tenant) return <PlaybookFrame><Notice icon="shop" title={say("operator.noShops")} /></PlaybookFrame>;
  return (
    <PlaybookFrame>
      <div className="flex flex-wrap items-end gap-3 pb-4">
        <div className="w-56 max-sm:w-full">
          <SelectField label={say("playbook.client")} value={tenant} onChange={(event) => go({ tenant: event.target.value })}>
            {me.clients.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </SelectField>
        </div>
        <div role="group" aria-label={say("playbook.title")} className="flex flex-wrap gap-1">
          {KINDS.map((each) => (
            <Button key={each} kind={each === kind ? "primary" : "quiet"} aria-pressed={each === kind} onClick={() => go({ kind: each })}>
              {say(`playbook.tabs.${each}`)}
            </Button>
          ))}
        </div>
      </div>
      <Asked query={query} rows={6}>
        {(shelf) => (
          <div className="grid gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
            <Items key={`${tenant}${kind}`} shelf={shelf} kind={kind} item={item} isArchived={Boolean(archived)} go={go} isHidden={Boolean(item)} />
            {item ? (
              <Editor key={`${tenant}.${kind}.${item}`} tenant={tenant} kind={kind} item={item} shelf={shelf} onOpen={(next) => go({ item: next, archived })} />
            ) : (
              shelf.items.length > 0 && <div className="max-lg:hidden"><Notice icon="book" title={say("playbook.upkeep.pick")} /></div>
            )}
          </div>
        )}
      </Asked>
    </PlaybookFrame>
  );
}

interface ItemsProps {
  shelf: api.Shelf;
  kind: api.Kind;
  item?: string;
  isArchived: boolean;
  isHidden: boolean;
  go: (to: { item?: string; archived?: 1 }) => void;
}

function Items({ shelf, kind, item, isArchived, isHidden, go }: ItemsProps) {
  const say = useWords();
  const [asked, setAsked] = useState("");
  const [isImporting, setIsImporting] = useState(false);
  const rows = matching(shelf.items.map((row) => ({ ...row, text: wordsOf(row.body) })), asked);
  const mayAdd = kind !== "rules" || (shelf.items.length === 0 && !isArchived);
  const add = mayAdd && (
    <Button kind="primary" onClick={() => go({ item: "new" })}>
      {say(`playbook.upkeep.add.${kind}`)}
    </Button>
  );
  return (
    <section aria-label={say(`playbook.tabs.${kind}`)} className={cx("flex min-w-0 flex-col gap-3", isHidden && "max-lg:hidden")}>
      <div className="flex flex-wrap gap-2">
        {add}
        {kind === "reply" && <Button onClick={() => setIsImporting(true)}>{say("playbook.upkeep.import")}</Button>}
        {kind === "reply" && (
          <a href={api.sheet(shelf.client.id)} download className="inline-flex h-8 items-center rounded border border-line-strong px-3 text-13 font-medium hover:bg-surface-3">
            {say("playbook.upkeep.export")}
          </a>
        )}
      </div>
      {kind !== "rules" && <TextField type="search" label={say("playbook.upkeep.search")} value={asked} onChange={(event) => setAsked(event.target.value)} />}
      <SelectField label={say("playbook.upkeep.show")} value={isArchived ? "archived" : ""} onChange={(event) => go({ archived: event.target.value ? 1 : undefined })}>
        <option value="">{say("playbook.upkeep.inUse")}</option>
        <option value="archived">{say("playbook.upkeep.archived")}</option>
      </SelectField>
      {rows.length === 0 ? (
        <Notice small icon="book" title={say(`playbook.upkeep.none.${kind}`)} text={say("playbook.upkeep.noneText")} />
      ) : (
        <ul className="flex flex-col">
          {rows.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                aria-current={row.id === item || undefined}
                onClick={() => go({ item: row.id, ...(isArchived && { archived: 1 }) })}
                className="flex w-full flex-col rounded-sm px-2 py-1.5 text-left hover:bg-surface-3 aria-[current]:bg-surface-3"
              >
                <span className="text-13 font-medium">{row.name}</span>
                <Detail row={row} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {isImporting && <ImportDialog tenant={shelf.client.id} onClose={() => setIsImporting(false)} />}
    </section>
  );
}

function Detail({ row }: { row: api.Entry }) {
  const say = useWords();
  const language = useLanguage();
  const texts = (row.body as { texts?: Record<string, string> }).texts;
  return (
    <span className="text-12 text-text-2">
      {texts && `${Object.keys(texts).map((code) => languageName(code, language)).join(", ")} · `}
      {(row.kind === "reply" || row.kind === "macro") && `${say("playbook.usedTimes", { count: row.used })} · `}
      <When at={row.made_at} />
    </span>
  );
}
