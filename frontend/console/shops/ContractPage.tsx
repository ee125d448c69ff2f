import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { asDay } from "../../shared/time/words";
import { saveLookLarge } from "../customers/looks";
import { useTry } from "../desk/actions";
import { useWords, type Key } from "../words/load";
import * as api from "./api";

const route = getRouteApi("/inside/shops/$tenant/contract");

/** What was agreed with one client: every version, and the way to the next. */
export function ContractPage() {
  const say = useWords();
  const { tenant } = route.useParams();
  const shop = useQuery({ queryKey: ["shops", tenant], queryFn: () => api.shop(tenant) });
  const query = useQuery({ queryKey: ["shops", tenant, "contract"], queryFn: () => api.contract(tenant), staleTime: 0 });
  const [isDrafting, setIsDrafting] = useState(false);
  const acts = (
    <>
      <Link to="/shops/$tenant" params={{ tenant }} className={saveLookLarge}>
        <Icon name="left" size={14} />
        {shop.data?.name ?? say("shops.title")}
      </Link>
      <Button kind="primary" disabled={!query.data} onClick={() => setIsDrafting(true)}>
        {say("shops.contract.draft")}
      </Button>
    </>
  );
  return (
    <Page title={say("shops.contract.title")} detail={query.data?.reference} acts={acts}>
      <Asked query={query} isEmpty={(found) => found.versions.length === 0} empty={<Notice icon="file" title={say("shops.contract.none")} text={say("shops.contract.noneText")} />}>
        {(found) => <Versions versions={found.versions} tenant={tenant} />}
      </Asked>
      {isDrafting && query.data && <DraftDialog contract={query.data} tenant={tenant} onClose={() => setIsDrafting(false)} />}
    </Page>
  );
}

function Versions({ versions, tenant }: { versions: api.Contract["versions"]; tenant: string }) {
  const shared = useShared();
  const say = useWords();
  const navigate = useNavigate();
  const columns = [{ name: say("shops.contract.version") }, { name: say("shops.state") }, { name: say("shops.contract.time") }, { name: shared("contract.signedByClient"), hideOnPhone: true }];
  return (
    <Table columns={columns} label={say("shops.contract.title")}>
      {versions.map((row) => {
        const to = { to: "/shops/$tenant/contract/$version" as const, params: { tenant, version: row.id } };
        return (
          <Line key={row.id} onOpen={() => void navigate(to)}>
            <Cell>
              <Link {...to} className="rounded font-medium" onClick={(event) => event.stopPropagation()}>
                {shared("contract.version", { n: row.number })}
              </Link>
            </Cell>
            <Cell className={row.standing === "in_force" ? "font-medium" : "text-text-2"}>{shared(`contract.standing.${row.standing}`)}</Cell>
            <Cell className="text-text-2">
              <Span version={row} />
            </Cell>
            <Cell hideOnPhone className="text-text-2">
              {row.by_client?.name ?? "–"}
            </Cell>
          </Line>
        );
      })}
    </Table>
  );
}

/** Its first day, and its last where it has one. */
export function Span({ version }: { version: { begins: string; ends: string | null } }) {
  const shared = useShared();
  const language = useLanguage();
  const day = (at: string) => asDay(`${at}T12:00:00Z`, language, 0);
  return <>{version.ends ? shared("contract.span", { from: day(version.begins), until: day(version.ends) }) : shared("contract.from", { day: day(version.begins) })}</>;
}

/** The first of the month after next: time to read it, and a whole month to count. */
function firstDay(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth() + 1, 1)).toISOString().slice(0, 10);
}

function DraftDialog({ contract, tenant, onClose }: { contract: api.Contract; tenant: string; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const client = useQueryClient();
  const navigate = useNavigate();
  const attempt = useTry();
  const latest = contract.versions.find((row) => row.standing !== "draft") ?? contract.versions[0];
  const [fields, setFields] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const make = async (begins: string, source: string) => {
    try {
      const from = contract.templates.find((each) => each === source);
      return await api.draftContract(tenant, from ? { template: from, begins } : { copy_of: source, begins });
    } catch (problem) {
      if (!(problem instanceof ApiError) || Object.keys(problem.fields).length === 0) throw problem;
      setFields({ begins: problem.message });
      return undefined;
    }
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setIsBusy(true);
    const made = await attempt(() => make(String(form.get("begins")), String(form.get("source"))));
    setIsBusy(false);
    if (!made) return;
    await client.invalidateQueries({ queryKey: ["shops", tenant, "contract"] });
    await navigate({ to: "/shops/$tenant/contract/$version", params: { tenant, version: made.id } });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="draft" kind="primary" disabled={isBusy}>
        {say("shops.contract.draftNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("shops.contract.draft")} text={say("shops.contract.draftText")} footer={footer}>
      <form id="draft" onSubmit={(event) => void submit(event)} className="grid gap-3 pb-3">
        <SelectField label={say("shops.contract.source")} name="source" defaultValue={latest?.id}>
          {contract.versions.map((row) => (
            <option key={row.id} value={row.id}>
              {shared("contract.version", { n: row.number })}, {shared(`contract.standing.${row.standing}`)}
            </option>
          ))}
          {contract.templates.map((each) => (
            <option key={each} value={each}>
              {say(`shops.contract.templates.${each}` as Key)}
            </option>
          ))}
        </SelectField>
        <TextField label={say("shops.contract.begins")} name="begins" type="date" required defaultValue={firstDay()} error={fields.begins} hint={contract.time_zone} />
      </form>
    </Dialog>
  );
}
