import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { Changes, Part, TermsRead, type Terms } from "../../shared/contract/Terms";
import { useShared } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { useMe, useShop } from "../session";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { Span } from "./ContractPage";

const route = getRouteApi("/inside/contract/$version");

/** One version as the client reads it: what changes first, then all of it, then the pen. */
export function VersionPage() {
  const shared = useShared();
  const say = useWords();
  const { version } = route.useParams();
  const query = useQuery({ queryKey: ["contract", version], queryFn: () => api.contractVersion(version) });
  return (
    <>
      <Link to="/contract" className="tap inline-flex items-center gap-1 text-13 text-text-2">
        <Icon name="left" size={14} />
        {say("contract.title")}
      </Link>
      <PageHead title={query.data ? shared("contract.version", { n: query.data.number }) : say("contract.title")} />
      <Asked query={query}>
        {(found) => (
          <div className="flex flex-col gap-10">
            <About version={found} />
            <Changes changes={found.changes} before={found.before} terms={found.terms as unknown as Terms} />
            <TermsRead terms={found.terms as unknown as Terms} currency={found.currency} />
            {found.standing === "offered" && <Sign key={found.terms_sha256} version={found} />}
          </div>
        )}
      </Asked>
    </>
  );
}

function About({ version }: { version: api.ContractVersion }) {
  const shared = useShared();
  const language = useLocale();
  const zone = useShop().time_zone;
  const by = (signed: api.ContractVersion["by_bpo"]) => (signed ? `${signed.name}, ${asInstant(signed.at, language, zone)}` : shared("contract.notSigned"));
  return (
    <dl className="grid gap-x-8 gap-y-2 text-13 sm:grid-cols-[max-content_minmax(0,1fr)]">
      <dt className="text-text-2">{shared(`contract.standing.${version.standing}`)}</dt>
      <dd>
        <Span version={version} />
      </dd>
      <dt className="text-text-2">{shared("contract.signedBy")}</dt>
      <dd>{by(version.by_bpo)}</dd>
      <dt className="text-text-2">{shared("contract.signedByClient")}</dt>
      <dd>{by(version.by_client)}</dd>
      <dt className="text-text-2">{shared("contract.hash")}</dt>
      <dd>
        <code className="text-12 break-all select-all">{version.terms_sha256}</code>
      </dd>
    </dl>
  );
}

function Sign({ version }: { version: api.ContractVersion }) {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const [name, setName] = useState(me.name);
  const [hasRead, setHasRead] = useState(false);
  const signing = useMutation({
    mutationFn: () => api.signContract(version.id, name, version.terms_sha256),
    onSuccess: async (signed) => {
      client.setQueryData(["contract", version.id], signed);
      toast(say("contract.signed"));
      await client.invalidateQueries({ queryKey: ["contract"], exact: true });
    },
  });
  if (!me.roles.includes("client")) return <Part title={say("contract.sign")} text={say("contract.not_yours")}>{null}</Part>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signing.mutate();
  };
  return (
    <Part title={say("contract.sign")} text={say("contract.sign_text")}>
      <form onSubmit={submit} className="flex max-w-md flex-col gap-4 pt-2">
        <TextField label={say("contract.name")} required maxLength={120} autoComplete="name" className="h-11" value={name} onChange={(event) => setName(event.target.value)} />
        <label className="tap flex items-center gap-3 text-13">
          <input type="checkbox" className="size-5" checked={hasRead} onChange={(event) => setHasRead(event.target.checked)} />
          {say("contract.have_read")}
        </label>
        <div>
          <Button kind="client" type="submit" className="h-11 px-5 text-15" disabled={!hasRead || !name.trim() || signing.isPending}>
            {signing.isPending ? say("contract.signing") : say("contract.sign")}
          </Button>
        </div>
        {signing.isError && (
          <p role="alert" className="text-13 text-risk">
            {signing.error.message}
          </p>
        )}
      </form>
    </Part>
  );
}
