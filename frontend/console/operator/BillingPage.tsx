import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { Icon } from "../../shared/components/Icon";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { BillingRow, InvoiceHead } from "../../shared/model";
import { asMonth } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { InvoiceView } from "./InvoiceView";
import { asMoney, asQuantity, lastMonth, monthAfter } from "./money";

const route = getRouteApi("/inside/billing");

export function BillingPage() {
  const say = useWords();
  const { month = lastMonth(Date.now()), invoice } = route.useSearch();
  const query = useQuery({ queryKey: ["billing", month], queryFn: () => api.billing(month) });
  if (invoice) return <InvoiceView id={invoice} month={month} />;
  return (
    <Page title={say("operator.billing")} acts={<MonthPicker month={month} />}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="shop" title={say("operator.noShops")} text={say("operator.noShopsText")} />}>
        {(rows) => <Months rows={rows} month={month} />}
      </Asked>
    </Page>
  );
}

function MonthPicker({ month }: { month: string }) {
  const say = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const go = (by: number) => void navigate({ to: "/billing", search: { month: monthAfter(month, by) } });
  return (
    <div className="flex items-center gap-1" role="group" aria-label={say("operator.month")}>
      <IconButton label={say("operator.previous")} onClick={() => go(-1)}>
        <Icon name="left" />
      </IconButton>
      <span className="min-w-36 text-center font-medium first-letter:uppercase">{asMonth(month, language)}</span>
      <IconButton label={say("operator.following")} onClick={() => go(1)}>
        <Icon name="right" />
      </IconButton>
    </div>
  );
}

function Months({ rows, month }: { rows: BillingRow[]; month: string }) {
  const say = useWords();
  const columns = [
    { name: say("operator.client") },
    { name: say("operator.conversations"), right: true, hideOnPhone: true },
    { name: say("operator.minutes"), right: true, hideOnPhone: true },
    { name: say("operator.invoice") },
    { name: say("operator.amount"), right: true },
    { name: say("operator.act"), right: true, silent: true },
  ];
  return (
    <Table columns={columns} label={say("operator.billing")}>
      {rows.map((row) => (
        <MonthLine key={row.tenant.id} row={row} month={month} />
      ))}
    </Table>
  );
}

function MonthLine({ row, month }: { row: BillingRow; month: string }) {
  const say = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const { make, isBusy } = useDraft(row, month);
  const shown = row.invoice ?? row.issued[0] ?? null;
  return (
    <Line onOpen={shown ? () => void navigate({ to: "/billing", search: { month, invoice: shown.id } }) : undefined}>
      <Cell>
        <span className="flex items-center gap-2 font-medium">
          <ClientTile client={row.tenant} />
          {row.tenant.name}
        </span>
      </Cell>
      <Cell right hideOnPhone>
        {row.usage.conversations.toLocaleString(language)}
      </Cell>
      <Cell right hideOnPhone>
        {asQuantity(row.usage.minutes, language)}
      </Cell>
      <Cell>{shown ? <InvoiceLink invoice={shown} month={month} /> : <span className="text-text-3">{say("operator.noDraft")}</span>}</Cell>
      <Cell right>{shown && asMoney(shown.total, shown.currency, language)}</Cell>
      <Cell right>
        {shown?.status !== "issued" && (
          <Button
            small
            kind={shown ? "plain" : "primary"}
            disabled={isBusy}
            onClick={(event) => {
              event.stopPropagation();
              void make();
            }}
          >
            {say(shown ? "operator.remake" : "operator.makeDraft")}
          </Button>
        )}
      </Cell>
    </Line>
  );
}

function InvoiceLink({ invoice, month }: { invoice: InvoiceHead; month: string }) {
  const say = useWords();
  return (
    <Link to="/billing" search={{ month, invoice: invoice.id }} onClick={(event) => event.stopPropagation()} className="text-accent hover:underline">
      {invoice.number ?? say("operator.draft")}
      {invoice.number && <span className="text-text-3"> · {say("operator.issued")}</span>}
    </Link>
  );
}

function useDraft(row: BillingRow, month: string) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const make = async () => {
    setIsBusy(true);
    const made = await attempt(() => api.draft(row.tenant.id, month));
    setIsBusy(false);
    if (!made) return;
    toast(say("operator.drafted", { client: row.tenant.name }));
    await client.invalidateQueries({ queryKey: ["billing"] });
    await client.invalidateQueries({ queryKey: ["invoice"] });
    await navigate({ to: "/billing", search: { month, invoice: made.id } });
  };
  return { make, isBusy };
}
