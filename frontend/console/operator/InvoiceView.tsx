import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Asked, Failure, Notice, Skeleton } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Invoice, InvoiceLine } from "../../shared/model";
import { asDay, asMonth } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { asMoney, asPrice, asQuantity } from "./money";

export function InvoiceView({ id, month }: { id: string; month: string }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["invoice", id], queryFn: () => api.invoice(id) });
  const [isAsking, setIsAsking] = useState(false);
  const data = query.data;
  const title = data ? (data.number ?? `${say("operator.invoice")}, ${say("operator.draft")}`) : say("operator.invoice");
  const acts = data && (
    <>
      <a href={api.pdfPath(id)} target="_blank" rel="noopener">
        <Button icon={<Icon name="down_tray" size={14} />}>{say("operator.pdf")}</Button>
      </a>
      {data.status === "draft" && (
        <Button kind="primary" disabled={data.lines.length === 0} onClick={() => setIsAsking(true)}>
          {say("operator.issue")}
        </Button>
      )}
    </>
  );
  const back = (
    <Link to="/billing" search={{ month }} className="text-accent hover:underline">
      {say("operator.billing")}
    </Link>
  );
  return (
    <Page title={title} detail={back} acts={acts}>
      <Asked query={query}>{(invoice) => <Sheet invoice={invoice} />}</Asked>
      {isAsking && data && <IssueDialog invoice={data} onDone={() => setIsAsking(false)} />}
    </Page>
  );
}

function Sheet({ invoice }: { invoice: Invoice }) {
  const say = useWords();
  const language = useLanguage();
  const money = (amount: string) => asMoney(amount, invoice.currency, language);
  return (
    <div className="max-w-3xl">
      <dl className="mb-6 flex flex-wrap gap-x-10 gap-y-3">
        <Fact name={say("operator.client")}>
          <span className="flex items-center gap-2">
            <ClientTile client={invoice.tenant} />
            {invoice.tenant.name}
          </span>
        </Fact>
        <Fact name={say("operator.period")}>{asMonth(invoice.period, language)}</Fact>
        {invoice.issued_at && <Fact name={say("operator.issuedOn")}>{asDay(invoice.issued_at, language, Date.now())}</Fact>}
        {invoice.due_on && <Fact name={say("operator.dueOn")}>{asDay(invoice.due_on, language, Date.now())}</Fact>}
        <Fact name={say("operator.total")}>{money(invoice.total)}</Fact>
      </dl>
      <Cautions invoice={invoice} />
      {invoice.lines.length === 0 && <Notice icon="invoice" title={say("operator.noLines")} />}
      <ul className="border-t border-line-strong">
        {invoice.lines.map((line) => (
          <LineRow key={line.id} invoice={invoice} line={line} />
        ))}
      </ul>
      <dl className="num mt-3 ml-auto grid w-64 grid-cols-[1fr_auto] gap-y-1">
        <Sum name={say("operator.net")} amount={money(invoice.net)} />
        <Sum name={say("operator.vat", { percent: asQuantity(invoice.vat_percent, language) })} amount={money(invoice.vat)} />
        <Sum name={say("operator.total")} amount={money(invoice.total)} strong />
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-text-3">{name}</dt>
      <dd className="num text-15 font-medium first-letter:uppercase">{children}</dd>
    </div>
  );
}

function Sum({ name, amount, strong }: { name: string; amount: string; strong?: boolean }) {
  const look = strong ? "border-t border-line-strong pt-1 text-15 font-semibold" : "text-text-2";
  return (
    <>
      <dt className={look}>{name}</dt>
      <dd className={cx("text-right", look)}>{amount}</dd>
    </>
  );
}

function LineRow({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  const language = useLanguage();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="border-b border-line">
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} className="flex min-h-11 w-full items-center gap-3 py-1 text-left hover:bg-surface-3">
        <Icon name={isOpen ? "down" : "right"} size={12} className="ml-1 text-text-3" />
        <span className="min-w-0 flex-1">{line.description}</span>
        <span className="num text-text-2 max-sm:hidden">
          {asQuantity(line.quantity, language)} × {asPrice(line.unit_price, invoice.currency, language)}
        </span>
        <span className="num w-28 pr-1 text-right font-medium">{asMoney(line.amount, invoice.currency, language)}</span>
      </button>
      {isOpen && (line.clause || line.report) && <OfClause invoice={invoice} line={line} />}
      {isOpen && !line.clause && !line.report && (line.conversations > 0 ? <Behind invoice={invoice} line={line} /> : <NothingBehind />)}
    </li>
  );
}

/** A credit or a supplement: its clause, and the report that it stands in. */
function OfClause({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  const say = useWords();
  return (
    <p className="pb-3 pl-7 text-text-2">
      {line.clause && say("operator.ofClause", { clause: line.clause })}{" "}
      {line.report && (
        <a href={`/api/desk/clients/${invoice.tenant.id}/reports/${line.report}/pdf`} target="_blank" rel="noopener" className="text-accent hover:underline">
          {say("operator.inReport")}
        </a>
      )}
    </p>
  );
}

function NothingBehind() {
  const say = useWords();
  return <p className="pb-3 pl-7 text-text-2">{say("operator.noBehind")}</p>;
}

function Behind({ invoice, line }: { invoice: Invoice; line: InvoiceLine }) {
  const say = useWords();
  const language = useLanguage();
  const query = useInfiniteQuery({
    queryKey: ["behind", invoice.id, line.id],
    queryFn: ({ pageParam }) => api.behind(invoice.id, line.id, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  if (!rows) return query.isError ? <Failure small error={query.error} retry={() => void query.refetch()} /> : <Skeleton rows={3} />;
  return (
    <div className="pb-3 pl-7">
      <ul className="num" aria-label={say("operator.behind")}>
        {rows.map((row) => (
          <li key={row.conversation + row.finished_at}>
            <Link to="/c/$tenant/$conversation" params={{ tenant: invoice.tenant.id, conversation: row.conversation }} className="flex h-8 items-center gap-3 rounded-sm px-2 hover:bg-surface-3">
              <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
              <span className="w-24 font-medium">{row.case_number}</span>
              <When at={row.finished_at} className="flex-1 text-text-2" />
              <span>{asQuantity(row.quantity, language)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button small className="mt-2 ml-2" onClick={() => void query.fetchNextPage()}>
          {say("operator.more")}
        </Button>
      )}
    </div>
  );
}

function IssueDialog({ invoice, onDone }: { invoice: Invoice; onDone: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const attempt = useTry();
  const client = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    const issued = await attempt(() => api.issue(invoice.id));
    setIsBusy(false);
    if (!issued) return;
    onDone();
    toast(say("operator.issuedNow", { number: issued.number ?? "" }));
    await client.invalidateQueries({ queryKey: ["invoice"] });
    await client.invalidateQueries({ queryKey: ["billing"] });
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={isBusy} onClick={() => void submit()}>
        {say("operator.issueNow")}
      </Button>
    </>
  );
  const what = { client: invoice.tenant.name, total: asMoney(invoice.total, invoice.currency, language), period: asMonth(invoice.period, language) };
  return (
    <Dialog open onClose={onDone} title={say("operator.issueTitle")} text={say("operator.issueText")} footer={footer}>
      <ul className="flex list-disc flex-col gap-1.5 pb-3 pl-4 text-text-1">
        <li className="font-medium">{say("operator.issueWhat", what)}</li>
        <li>{say("operator.issueNumber")}</li>
        <li>{say("operator.issueFrozen", { count: invoice.lines.length })}</li>
        <li>{say("operator.issueSeen")}</li>
      </ul>
      <Cautions invoice={invoice} />
    </Dialog>
  );
}

/** What an operator should know before issuing; nothing if all is in order. */
function Cautions({ invoice }: { invoice: Invoice }) {
  const say = useWords();
  if (invoice.cautions.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-col gap-1 rounded bg-warn-soft px-3 py-2 text-warn">
      {invoice.cautions.map(({ code, count }) => (
        <li key={code}>{say(`operator.cautions.${code}`, { count })}</li>
      ))}
    </ul>
  );
}
