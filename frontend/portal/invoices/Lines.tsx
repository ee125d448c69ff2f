import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Failure, Skeleton } from "../../shared/components/States";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { asDecimal, asMoney } from "../figures";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

const UNITS = ["conversation", "minute", "hour", "month", "point"] as const;

/** The lines of an invoice; each opens onto the conversations that it counts. */
export function Lines({ invoice }: { invoice: api.Invoice }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <ul className="mt-4 rounded border border-line">
      {invoice.lines.map((line) => (
        <li key={line.id} className="border-b border-line last:border-0">
          <Line {...{ line, invoice }} isOpen={open === line.id} onToggle={() => setOpen(open === line.id ? null : line.id)} />
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  line: api.InvoiceLine;
  invoice: api.Invoice;
  isOpen: boolean;
  onToggle: () => void;
}

function Line({ line, invoice, isOpen, onToggle }: LineProps) {
  const say = useWords();
  const language = useLocale();
  const known = UNITS.find((unit) => unit === line.unit);
  const quantity = known
    ? say(`unit.${known}`, { count: Number(line.quantity), n: asDecimal(line.quantity, language) })
    : `${asDecimal(line.quantity, language)} ${line.unit}`;
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="figures grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-3 px-4 py-3 text-left hover:bg-surface-2"
      >
        <Icon name={isOpen ? "down" : "right"} size={14} className="text-text-3" />
        <span>
          {line.description}
          <span className="block text-13 text-text-2">
            {line.unit_price === null
              ? quantity
              : say("invoices.quantity", { quantity, price: asMoney(line.unit_price, invoice.currency, language) })}
          </span>
        </span>
        <span className="font-medium">{asMoney(line.amount, invoice.currency, language)}</span>
      </button>
      {isOpen && (line.clause || line.report ? <OfClause month={invoice.month} line={line} clause={line.clause} /> : <Behind invoice={invoice.id} line={line} />)}
    </>
  );
}

/** A credit or a supplement: what it counts, and the report that it stands in. */
function OfClause({ month, line, clause }: { month: string; line: api.InvoiceLine; clause: string | null }) {
  const say = useWords();
  return (
    <div className="px-4 pb-4 text-13">
      <p className="text-text-2">{say("invoices.of_clause")}</p>
      <p className="flex flex-wrap gap-x-6">
        {clause && (
          <Link to="/conversations" search={{ month, clause, outcome: "breached" }} className="tap opens inline-flex items-center">
            {say("invoices.clause_items")}
          </Link>
        )}
        {line.report && (
          <a href={`/api/portal/reports/${line.report}/pdf`} className="tap opens inline-flex items-center">
            {say("invoices.in_report")}
          </a>
        )}
      </p>
    </div>
  );
}

function Behind({ invoice, line }: { invoice: string; line: api.InvoiceLine }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const query = useInfiniteQuery({
    queryKey: ["line", invoice, line.id],
    queryFn: ({ pageParam }) => api.lineConversations(invoice, line.id, pageParam),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  if (query.isPending) return <Skeleton />;
  if (query.isError && !rows) return <Failure small error={query.error} retry={() => void query.refetch()} />;
  if (!rows?.length) return <p className="px-4 pb-4 text-13 text-text-2">{say("invoices.nothing_behind")}</p>;
  return (
    <div className="px-4 pb-4">
      <h3 className="pb-1 text-13 text-text-2">{say("invoices.behind")}</h3>
      <ul className="figures grid gap-x-8 text-13 sm:grid-cols-2">
        {rows.map((row, index) => (
          <li key={`${row.conversation} ${index}`} className="border-t border-line">
            <Link
              to="/conversations/$conversation"
              params={{ conversation: row.conversation }}
              className="tap flex items-center justify-between gap-3 hover:bg-surface-2"
            >
              <span className="opens">{row.case_number}</span>
              <span className="text-text-2">{asInstant(row.finished_at, language, zone)}</span>
              <span>{asDecimal(row.quantity, language)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3 h-11" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("list.more")}
        </Button>
      )}
    </div>
  );
}
