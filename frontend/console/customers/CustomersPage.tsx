import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Failure, Notice, Skeleton } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import type { CustomerHead } from "../../shared/model";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { CustomerRecord } from "./CustomerRecord";
import { saveLook } from "./looks";

const route = getRouteApi("/inside/customers");

/** A customer's rights: find them, see what is held, hand it out, erase it; and who was erased before. */
export function CustomersPage() {
  const say = useWords();
  const me = useMe();
  const { tenant = me.clients[0]?.id, customer } = route.useSearch();
  const found = useMutation({ mutationFn: (words: string) => api.search(tenant!, words) });
  // Back from a record, it may say something else: the person may have been erased there.
  useEffect(() => {
    if (!customer && found.variables) found.mutate(found.variables);
  }, [customer]);
  if (!tenant) return <Page title={say("rights.title")}><Notice icon="shop" title={say("rights.noClients")} /></Page>;
  if (customer) return <CustomerRecord key={customer} tenant={tenant} customer={customer} />;
  return (
    <Page title={say("rights.title")}>
      <Find tenant={tenant} asked={found.variables ?? ""} onFind={(words) => found.mutate(words)} onClient={found.reset} isBusy={found.isPending} />
      {found.isPending && <Skeleton rows={4} />}
      {found.isError && <Failure small error={found.error} retry={() => found.mutate(found.variables)} />}
      {found.data && <Results tenant={tenant} rows={found.data} />}
      <Erasures key={tenant} tenant={tenant} />
    </Page>
  );
}

interface FindProps {
  tenant: string;
  asked: string;
  onFind: (words: string) => void;
  onClient: () => void;
  isBusy: boolean;
}

function Find({ tenant, asked, onFind, onClient, isBusy }: FindProps) {
  const say = useWords();
  const me = useMe();
  const navigate = route.useNavigate();
  const [words, setWords] = useState(asked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (words.trim().length >= 2) onFind(words.trim());
  };
  const choose = (next: string) => {
    onClient();
    void navigate({ search: { tenant: next }, replace: true });
  };
  return (
    <form onSubmit={submit} role="search" className="grid max-w-3xl items-start gap-3 pb-4 sm:grid-cols-[14rem_1fr_auto]">
      <SelectField label={say("rights.client")} value={tenant} onChange={(event) => choose(event.target.value)}>
        {me.clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </SelectField>
      <TextField type="search" label={say("rights.words")} hint={say("rights.wordsHint")} autoFocus maxLength={254} value={words} onChange={(event) => setWords(event.target.value)} />
      <Button kind="primary" type="submit" className="sm:mt-5" disabled={isBusy || words.trim().length < 2} icon={<Icon name="search" size={14} />}>
        {say("rights.find")}
      </Button>
    </form>
  );
}

function Results({ tenant, rows }: { tenant: string; rows: CustomerHead[] }) {
  const say = useWords();
  const navigate = route.useNavigate();
  const open = (customer: string) => void navigate({ search: { tenant, customer } });
  if (rows.length === 0) return <Notice small icon="search" title={say("rights.nobody")} text={say("rights.nobodyText")} />;
  const columns = [{ name: say("rights.name") }, { name: say("rights.addresses") }, { name: say("rights.since"), hideOnPhone: true }];
  return (
    <section aria-label={say("rights.found")} className="pb-6">
      <Table columns={columns} label={say("rights.found")}>
        {rows.map((row) => (
          <Line key={row.id} onOpen={() => open(row.id)}>
            <Cell>
              <button type="button" className="rounded text-left font-medium underline underline-offset-2" onClick={() => open(row.id)}>
                {row.erased_at ? say("rights.erasedPerson") : row.name || say("talk.noName")}
              </button>
            </Cell>
            <Cell className="break-all text-text-2">{row.addresses.join(" · ")}</Cell>
            <Cell hideOnPhone className="text-text-2">
              <When at={row.since} />
            </Cell>
          </Line>
        ))}
      </Table>
      {rows.length >= 30 && <p className="pt-2 text-12 text-text-3">{say("rights.more")}</p>}
    </section>
  );
}

function Erasures({ tenant }: { tenant: string }) {
  const say = useWords();
  const [page, setPage] = useState(1);
  const query = useQuery({ queryKey: ["erasures", tenant, page], queryFn: () => api.erasures(tenant, page), placeholderData: keepPreviousData, staleTime: 0 });
  const columns = [
    { name: say("rights.erasedAt") },
    { name: say("rights.reason") },
    { name: say("rights.by"), hideOnPhone: true },
    { name: say("rights.number"), hideOnPhone: true },
    { name: say("rights.certificate"), right: true },
  ];
  return (
    <section aria-labelledby="erasures" className="border-t border-line pt-4">
      <h2 id="erasures" className="pb-1 text-13 font-semibold">{say("rights.past")}</h2>
      <Asked query={query} small isEmpty={(found) => found.results.length === 0} empty={<Notice small icon="check" title={say("rights.noPast")} />}>
        {(found) => (
          <>
            <Table columns={columns} label={say("rights.past")}>
              {found.results.map((row) => (
                <Line key={row.customer}>
                  <Cell>{row.done_at ? <When at={row.done_at} /> : say("rights.unfinished")}</Cell>
                  <Cell>{say(`rights.reasons.${row.reason}`)}</Cell>
                  <Cell hideOnPhone>{row.by?.name ?? say("rights.system")}</Cell>
                  <Cell hideOnPhone className="num text-text-3">{row.customer}</Cell>
                  <Cell right>
                    {row.done_at && (
                      <a href={api.certificatePath(tenant, row.customer)} download className={saveLook}>
                        {say("rights.pdf")}
                      </a>
                    )}
                  </Cell>
                </Line>
              ))}
            </Table>
            {(page > 1 || found.next) && (
              <div className="flex gap-2 pt-3">
                <Button disabled={page === 1} onClick={() => setPage(page - 1)}>{say("operator.newer")}</Button>
                <Button disabled={!found.next} onClick={() => setPage(page + 1)}>{say("operator.older")}</Button>
              </div>
            )}
          </>
        )}
      </Asked>
    </section>
  );
}
