import { useQuery } from "@tanstack/react-query";

import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asDay, asMonth } from "../../shared/time/words";
import * as api from "../api";
import { asDecimal, asMoney } from "../figures";
import { PageHead } from "../shell/Shell";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { Lines } from "./Lines";

export function InvoicesPage() {
  const say = useWords();
  const language = useLanguage();
  const query = useQuery({ queryKey: ["invoices", language], queryFn: () => api.invoices(language) });
  return (
    <>
      <PageHead title={say("invoices.title")} />
      <Asked
        query={query}
        isEmpty={(invoices) => invoices.length === 0}
        empty={<Notice icon="invoice" title={say("invoices.none")} text={say("invoices.none_text")} />}
      >
        {(invoices) => (
          <ul className="border-t border-line">
            {invoices.map((invoice) => (
              <Item key={invoice.id} invoice={invoice} />
            ))}
          </ul>
        )}
      </Asked>
    </>
  );
}

function Item({ invoice }: { invoice: api.Invoice }) {
  const say = useWords();
  const language = useLocale();
  const money = (amount: api.Decimal) => asMoney(amount, invoice.currency, language);
  const day = (at: string) => asDay(at.length === 10 ? `${at}T12:00:00Z` : at, language, Date.now());
  return (
    <li className="border-b border-line py-6">
      <div className="figures grid gap-x-8 gap-y-3 sm:grid-cols-[minmax(0,1fr)_auto_auto] sm:items-start">
        <div>
          <p className="text-18 font-medium first-letter:uppercase">{asMonth(invoice.month, language)}</p>
          <p className="text-13 text-text-2">
            {invoice.number} · {say("invoices.issued")} {day(invoice.issued_at)}
            {invoice.due_on && ` · ${say("invoices.due")} ${day(invoice.due_on)}`}
          </p>
        </div>
        <div className="sm:text-right">
          <p className="text-18 font-semibold">{money(invoice.total)}</p>
          <p className="text-13 text-text-2">
            {say("invoices.net")} {money(invoice.net)} · {say("invoices.vat", { percent: asDecimal(invoice.vat_percent, language) })}{" "}
            {money(invoice.vat)}
          </p>
        </div>
        <a
          href={invoice.pdf_url}
          download
          className="tap inline-flex items-center gap-2 justify-self-start rounded border border-line-strong px-4 font-medium hover:bg-surface-3"
        >
          <Icon name="down_tray" />
          {say("invoices.pdf")}
        </a>
      </div>
      <Lines invoice={invoice} />
    </li>
  );
}
