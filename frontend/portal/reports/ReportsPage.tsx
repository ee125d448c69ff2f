import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { Deliveries } from "../../shared/reports/Deliveries";
import { asInstant, asMonth, languageName } from "../../shared/time/words";
import * as api from "../api";
import { useShop } from "../session";
import { MonthPicker, useThisMonth } from "../shell/MonthPicker";
import { PageHead } from "../shell/Shell";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { FindHash } from "./FindHash";
import { Figures } from "./Figures";
import { HashCheck } from "./HashCheck";

export function ReportsPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["reports"], queryFn: api.reports });
  return (
    <>
      <PageHead title={say("reports.title")} />
      <p className="max-w-[68ch] pb-6 text-text-2">{say("reports.intro")}</p>
      <Issue />
      <Asked
        query={query}
        isEmpty={(reports) => reports.length === 0}
        empty={<Notice icon="file" title={say("reports.none")} text={say("reports.none_text")} />}
      >
        {(reports) => (
          <>
            <ul className="border-t border-line">
              {reports.map((report) => (
                <Item key={report.id} report={report} />
              ))}
            </ul>
            <FindHash reports={reports} />
          </>
        )}
      </Asked>
    </>
  );
}

function Issue() {
  const say = useWords();
  const language = useLanguage();
  const current = useThisMonth();
  const [month, setMonth] = useState(current);
  const client = useQueryClient();
  const overview = useQuery({ queryKey: ["overview", current, language], queryFn: () => api.overview(current, language) });
  const issuing = useMutation({
    mutationFn: () => api.issueReport(month),
    onSuccess: (report) => {
      toast(say("reports.issued", { month: asMonth(report.month, language) }));
      return client.invalidateQueries({ queryKey: ["reports"] });
    },
  });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-8">
      <MonthPicker month={month} months={overview.data?.months} onMonth={setMonth} />
      {month === current ? (
        <a href={api.PREVIEW} target="_blank" rel="noopener" className="tap inline-flex h-11 items-center gap-2 rounded border border-line-strong px-4 text-15 font-medium hover:bg-surface-3">
          <Icon name="file" />
          {say("reports.preview", { month: asMonth(month, language) })}
        </a>
      ) : (
        <Button kind="client" className="h-11 px-4 text-15" disabled={issuing.isPending} onClick={() => issuing.mutate()}>
          {issuing.isPending ? say("reports.issuing") : say("reports.issue", { month: asMonth(month, language) })}
        </Button>
      )}
      {month === current && <p className="w-full text-13 text-text-2">{say("reports.running")}</p>}
      {issuing.isError && (
        <p role="alert" className="w-full text-13 text-risk">
          {issuing.error.message}
        </p>
      )}
    </div>
  );
}

function Item({ report }: { report: api.Report }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  return (
    <li className="grid gap-x-8 gap-y-3 border-b border-line py-5 md:grid-cols-[minmax(0,15rem)_minmax(0,1fr)_auto]">
      <div>
        <p className="text-18 font-medium first-letter:uppercase">{asMonth(report.month, language)}</p>
        <p className="text-13 text-text-2 first-letter:uppercase">{languageName(report.language, language)}</p>
        {!report.is_final && <p className="text-13 text-warn">{say("reports.not_final")}</p>}
      </div>
      <div className="figures min-w-0 text-13 text-text-2">
        <p>
          {say("reports.issued_at")} {asInstant(report.issued_at, language, zone)}
        </p>
        <p>
          {say("reports.cut_off")} {asInstant(report.cut_off, language, zone)}
        </p>
        <HashCheck report={report} />
        {report.deliveries.length > 0 && (
          <div className="pt-3">
            <p className="pb-1">{say("reports.mailed")}</p>
            <Deliveries deliveries={report.deliveries} zone={zone} />
          </div>
        )}
        <Figures report={report} />
      </div>
      <div className="flex items-start gap-2">
        <a
          href={report.pdf_url}
          download
          className="tap inline-flex items-center gap-2 rounded border border-line-strong px-4 font-medium hover:bg-surface-3"
        >
          <Icon name="down_tray" />
          {say("reports.pdf")}
        </a>
        <a href={report.data_url} className="tap opens inline-flex items-center px-2 text-13 text-text-2">
          {say("reports.data")}
        </a>
        <a href={report.late_url} className="tap opens inline-flex items-center px-2 text-13 text-text-2">
          {say("reports.late")}
        </a>
      </div>
    </li>
  );
}
