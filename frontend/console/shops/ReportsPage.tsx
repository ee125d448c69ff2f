import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextArea } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { Deliveries } from "../../shared/reports/Deliveries";
import { useNow } from "../../shared/time/now";
import { asInstant, asMonth, languageName } from "../../shared/time/words";
import { saveLook, saveLookLarge } from "../customers/looks";
import { useTry } from "../desk/actions";
import { lastMonth, monthAfter } from "../operator/money";
import { useWords } from "../words/load";
import * as api from "./api";
import { ReportPlan } from "./ReportPlan";
import { Part } from "./ShopPage";

const route = getRouteApi("/inside/shops/$tenant/reports");
const LOOK_AGAIN_MS = 5000;
const MONTHS = 12;
const isUnderWay = (found?: api.ClientReports) => found?.reports.some((row) => row.deliveries.some((way) => way.state === "pending"));

/** One client's SLA reports: when they are due, whom they go to, and what became of each. */
export function ReportsPage() {
  const say = useWords();
  const { tenant } = route.useParams();
  const shop = useQuery({ queryKey: ["shops", tenant], queryFn: () => api.shop(tenant) });
  const query = useQuery({
    queryKey: ["shops", tenant, "reports"],
    queryFn: () => api.reports(tenant),
    staleTime: 0,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? LOOK_AGAIN_MS : false),
  });
  const back = (
    <Link to="/shops/$tenant" params={{ tenant }} className={saveLookLarge}>
      <Icon name="left" size={14} />
      {shop.data?.name ?? say("shops.title")}
    </Link>
  );
  return (
    <Page title={say("shops.reports.title")} acts={back}>
      <Asked query={query}>
        {(found) => (
          <div className="flex flex-col gap-8">
            <Part title={say("shops.reports.calendar")} text={say("shops.reports.calendarText")}>
              <ReportPlan key={JSON.stringify(found.plan)} tenant={tenant} found={found} />
            </Part>
            <Part title={say("shops.reports.issued")} text={say("shops.reports.issuedText")}>
              <Problems found={found} />
              <IssueNow tenant={tenant} />
              {found.reports.length === 0 && <Notice small icon="file" title={say("shops.reports.none")} text={say("shops.reports.noneText")} />}
              <ul className="flex flex-col divide-y divide-line">
                {found.reports.map((report) => (
                  <Item key={report.id} tenant={tenant} report={report} zone={found.time_zone} recipients={found.plan?.recipients ?? []} />
                ))}
              </ul>
            </Part>
          </div>
        )}
      </Asked>
    </Page>
  );
}

function Problems({ found }: { found: api.ClientReports }) {
  const say = useWords();
  const language = useLanguage();
  if (found.problems.length === 0) return null;
  return (
    <ul role="status" className="pb-3 text-13">
      {found.problems.map((row) => (
        <li key={row.month} className="flex items-start gap-2 text-warn">
          <Icon name="warn" size={14} className="mt-0.5" />
          <span>
            {row.problem === "no_contract"
              ? say("shops.reports.noContract", { month: asMonth(row.month, language) })
              : say("shops.reports.problem", { month: asMonth(row.month, language), problem: row.problem, n: row.tries })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A month whose day is still to come, or was before the plan. */
function IssueNow({ tenant }: { tenant: string }) {
  const say = useWords();
  const language = useLanguage();
  const client = useQueryClient();
  const attempt = useTry();
  const now = useNow();
  const months = Array.from({ length: MONTHS }, (_, back) => monthAfter(lastMonth(now), -back));
  const [month, setMonth] = useState(lastMonth(now));
  const [isBusy, setIsBusy] = useState(false);
  const issue = async () => {
    setIsBusy(true);
    const found = await attempt(() => api.issueReport(tenant, month));
    setIsBusy(false);
    if (!found) return;
    client.setQueryData(["shops", tenant, "reports"], found);
    toast(say("shops.reports.ready", { month: asMonth(month, language) }));
  };
  return (
    <div className="flex flex-wrap items-end gap-2 pb-3">
      <SelectField label={say("shops.reports.month")} className="w-44" value={month} onChange={(event) => setMonth(event.target.value)}>
        {months.map((each) => (
          <option key={each} value={each}>
            {asMonth(each, language)}
          </option>
        ))}
      </SelectField>
      <Button disabled={isBusy} onClick={() => void issue()}>
        {say(isBusy ? "shops.reports.issuing" : "shops.reports.issueNow")}
      </Button>
    </div>
  );
}

interface ItemProps {
  tenant: string;
  report: api.IssuedReport;
  zone: string;
  recipients: string[];
}

function Item({ tenant, report, zone, recipients }: ItemProps) {
  const say = useWords();
  const language = useLanguage();
  const [isSending, setIsSending] = useState(false);
  return (
    <li className="grid gap-x-6 gap-y-2 py-3 md:grid-cols-[12rem_minmax(0,1fr)_auto]">
      <div>
        <h3 className="text-13 font-medium first-letter:uppercase">{asMonth(report.month, language)}</h3>
        <p className="text-12 text-text-2">
          {languageName(report.language, language)} · {asInstant(report.issued_at, language, zone)}
        </p>
        {!report.is_final && <p className="text-12 text-warn">{say("shops.reports.notFinal")}</p>}
      </div>
      <Deliveries deliveries={report.deliveries} zone={zone} />
      <div className="flex items-start gap-2">
        <a href={report.pdf_url} target="_blank" rel="noopener" className={saveLook}>
          PDF
        </a>
        <Button small onClick={() => setIsSending(true)}>
          {say(report.deliveries.length > 0 ? "shops.reports.sendAgain" : "shops.reports.sendFirst")}
        </Button>
      </div>
      {isSending && <SendDialog {...{ tenant, report, recipients }} onClose={() => setIsSending(false)} />}
    </li>
  );
}

function SendDialog({ tenant, report, recipients, onClose }: Omit<ItemProps, "zone"> & { onClose: () => void }) {
  const say = useWords();
  const language = useLanguage();
  const client = useQueryClient();
  const attempt = useTry();
  const [text, setText] = useState(recipients.join("\n"));
  const [isBusy, setIsBusy] = useState(false);
  const named = text.split(/[\s,;]+/).filter(Boolean);
  const month = asMonth(report.month, language);
  const send = async () => {
    setIsBusy(true);
    const found = await attempt(() => api.sendReport(tenant, report.id, named));
    setIsBusy(false);
    if (!found) return;
    client.setQueryData(["shops", tenant, "reports"], found);
    toast(say("shops.reports.onWay"));
    onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{say("shops.reports.notNow")}</Button>
      <Button kind="primary" disabled={isBusy || named.length === 0} onClick={() => void send()}>
        {say("shops.reports.send", { count: named.length })}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say(report.deliveries.length > 0 ? "shops.reports.sendTitle" : "shops.reports.sendFirstTitle", { month })} text={say("shops.reports.sendText")} footer={footer}>
      <TextArea label={say("shops.reports.recipients")} rows={Math.min(8, Math.max(3, named.length + 1))} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
    </Dialog>
  );
}
