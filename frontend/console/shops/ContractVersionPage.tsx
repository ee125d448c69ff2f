import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import { Changes, Part, TermsRead, type Terms } from "../../shared/contract/Terms";
import { groupWord, metricWord } from "../../shared/contract/words";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { Row, Rows } from "../conversation/SidePanel";
import { saveLookLarge } from "../customers/looks";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { Span } from "./ContractPage";
import { TermsForm } from "./TermsForm";

const route = getRouteApi("/inside/shops/$tenant/contract/$version");

/** One version: what it changes, what it can hardly keep, all it promises, and the signatures. */
export function ContractVersionPage() {
  const shared = useShared();
  const say = useWords();
  const { tenant, version } = route.useParams();
  const shop = useQuery({ queryKey: ["shops", tenant], queryFn: () => api.shop(tenant) });
  const query = useQuery({ queryKey: ["shops", tenant, "contract", version], queryFn: () => api.contractVersion(tenant, version), staleTime: 0 });
  const found = query.data;
  const acts = (
    <>
      <Link to="/shops/$tenant/contract" params={{ tenant }} className={saveLookLarge}>
        <Icon name="left" size={14} />
        {say("shops.contract.title")}
      </Link>
      {found && <Acts version={found} tenant={tenant} />}
    </>
  );
  const title = found ? `${shop.data?.name ?? ""}: ${shared("contract.version", { n: found.number })}` : say("shops.contract.title");
  return (
    <Page isForReading={found?.standing !== "draft"} title={title} detail={found && shared(`contract.standing.${found.standing}`)} acts={acts}>
      <Asked query={query}>
        {(row) => (
          <div className="flex flex-col gap-8">
            <Signatures version={row} />
            <Doubts doubts={row.doubts} />
            <Changes changes={row.changes} before={row.before} terms={row.terms as unknown as Terms} />
            {row.standing === "draft" ? (
              <TermsForm key={row.terms_sha256 + row.begins} version={row} tenant={tenant} />
            ) : (
              <TermsRead terms={row.terms as unknown as Terms} currency={row.currency} />
            )}
          </div>
        )}
      </Asked>
    </Page>
  );
}

function Signatures({ version }: { version: api.ContractVersion }) {
  const shared = useShared();
  const say = useWords();
  const signed = (by: api.ContractVersion["by_bpo"]) =>
    by ? (
      <>
        {by.name}, <When at={by.at} />
      </>
    ) : (
      <span className="text-text-3">{shared("contract.notSigned")}</span>
    );
  return (
    <Rows>
      <Row name={say("shops.contract.time")}>
        <Span version={version} />
      </Row>
      <Row name={shared("contract.signedBy")}>{signed(version.by_bpo)}</Row>
      <Row name={shared("contract.signedByClient")}>{signed(version.by_client)}</Row>
      <Row name={shared("contract.hash")}>
        <code className="text-12 break-all select-all">{version.terms_sha256}</code>
      </Row>
    </Rows>
  );
}

function Doubts({ doubts }: { doubts: api.ContractVersion["doubts"] }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  if (doubts.length === 0) return null;
  const worded = ({ channel_group = "", metric = "", language: code = "", ...rest }: Record<string, string>) => ({
    ...rest,
    group: groupWord(channel_group, shared),
    metric: metricWord(metric, shared),
    language: code && languageName(code, language),
  });
  return (
    <Part title={say("shops.contract.doubts")} text={say("shops.contract.doubtsText")}>
      <ul className="flex flex-col gap-1.5 text-13">
        {doubts.map((doubt) => (
          <li key={`${doubt.code} ${doubt.place}`} className="flex items-start gap-2">
            <Icon name="warn" size={14} className="mt-0.5 shrink-0 text-warn" />
            {say(`shops.contract.doubt.${doubt.code}`, worded(doubt.values))}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Acts({ version, tenant }: { version: api.ContractVersion; tenant: string }) {
  const say = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const attempt = useTry();
  const [isSigning, setIsSigning] = useState(false);
  const keep = (row: api.ContractVersion) => {
    client.setQueryData(["shops", tenant, "contract", row.id], row);
    return client.invalidateQueries({ queryKey: ["shops", tenant, "contract"], exact: true });
  };
  const takeBack = async () => {
    const row = await attempt(() => api.takeContractBack(tenant, version.id));
    if (!row) return;
    await keep(row);
    toast(say("shops.contract.takenBack"));
  };
  const discard = async () => {
    if (!(await attempt(async () => ((await api.discardContract(tenant, version.id)), true)))) return;
    await navigate({ to: "/shops/$tenant/contract", params: { tenant } });
    await client.invalidateQueries({ queryKey: ["shops", tenant, "contract"], exact: true });
    toast(say("shops.contract.discarded", { n: version.number }));
  };
  return (
    <>
      {version.standing === "draft" && (
        <>
          <Button onClick={() => void discard()}>{say("shops.contract.discard")}</Button>
          <Button kind="primary" onClick={() => setIsSigning(true)}>
            {say("shops.contract.offer")}…
          </Button>
        </>
      )}
      {version.standing === "offered" && <Button onClick={() => void takeBack()}>{say("shops.contract.takeBack")}</Button>}
      {isSigning && <SignDialog version={version} tenant={tenant} onSigned={keep} onClose={() => setIsSigning(false)} />}
    </>
  );
}

interface SignProps {
  version: api.ContractVersion;
  tenant: string;
  onSigned: (row: api.ContractVersion) => Promise<void>;
  onClose: () => void;
}

function SignDialog({ version, tenant, onSigned, onClose }: SignProps) {
  const say = useWords();
  const shared = useShared();
  const me = useMe();
  const attempt = useTry();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    setIsBusy(true);
    const row = await attempt(() => api.offerContract(tenant, version.id, name));
    setIsBusy(false);
    if (!row) return;
    await onSigned(row);
    toast(say("shops.contract.offered"));
    onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="sign" kind="primary" disabled={isBusy}>
        {say("shops.contract.offer")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("shops.contract.offerTitle", { n: version.number })} text={say("shops.contract.offerText")} footer={footer}>
      <form id="sign" onSubmit={(event) => void submit(event)} className="grid gap-3 pb-3">
        <TextField label={say("shops.contract.signer")} name="name" required maxLength={120} defaultValue={me.name} autoComplete="name" />
      </form>
    </Dialog>
  );
}
