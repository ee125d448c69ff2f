import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { ScorecardVersion } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { channelWord } from "../desk/channels";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { QualityFrame } from "./QualityFrame";

const route = getRouteApi("/inside/scorecards");

/** A client's scorecards with their versions. */
export function ScorecardsPage() {
  const say = useWords();
  const me = useMe();
  const tenant = route.useSearch().tenant ?? me.clients[0]?.id;
  const [isNaming, setIsNaming] = useState(false);
  const acts = tenant && (
    <Button kind="primary" onClick={() => setIsNaming(true)}>
      {say("scorecards.begin")}
    </Button>
  );
  return (
    <QualityFrame title={say("scorecards.title")} acts={acts}>
      <ClientChoice to="/scorecards" tenant={tenant} />
      {tenant && <Cards key={tenant} tenant={tenant} />}
      {tenant && isNaming && <NameDialog tenant={tenant} onClose={() => setIsNaming(false)} />}
    </QualityFrame>
  );
}

export function ClientChoice({ to, tenant }: { to: "/scorecards" | "/sampling"; tenant: string | undefined }) {
  const say = useWords();
  const me = useMe();
  const navigate = useNavigate();
  return (
    <div className="mb-4 max-w-64">
      <SelectField label={say("quality.client")} value={tenant ?? ""} onChange={(event) => void navigate({ to, search: { tenant: event.target.value } })}>
        {me.clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

function Cards({ tenant }: { tenant: string }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["scorecards", tenant], queryFn: () => api.scorecards(tenant), staleTime: 0 });
  return (
    <Asked query={query} isEmpty={(cards) => cards.length === 0} empty={<Notice icon="score" title={say("scorecards.none")} text={say("scorecards.noneText")} />}>
      {(cards) => (
        <>
          <p className="mb-4 text-13 text-text-2">{say("scorecards.frozen")}</p>
          {cards.map((card) => (
            <Versions key={card.name} tenant={tenant} name={card.name} versions={card.versions} />
          ))}
        </>
      )}
    </Asked>
  );
}

function Versions({ tenant, name, versions }: { tenant: string; name: string; versions: ScorecardVersion[] }) {
  const say = useWords();
  const language = useLanguage();
  const begin = useBegin(tenant);
  const draft = versions.find((version) => version.is_draft);
  const columns = [{ name: say("scorecards.version", { version: "" }).trim() }, { name: say("quality.state") }, { name: say("scorecards.channels"), hideOnPhone: true }, { name: say("quality.tabs.evaluations"), right: true }];
  const stateOf = (version: ScorecardVersion) =>
    version.is_draft ? say("scorecards.draft") : say(version.in_force ? "scorecards.inForce" : "scorecards.past", { at: asInstant(version.valid_from, language) });
  return (
    <section aria-label={name} className="mb-8">
      <div className="flex flex-wrap items-center gap-3 pb-1">
        <h2 className="text-15 font-semibold">{name}</h2>
        <Button small className="ml-auto" onClick={() => void begin(name)}>
          {draft ? say("scorecards.goOn", { version: draft.version }) : say("scorecards.next", { version: versions[0]!.version + 1 })}
        </Button>
      </div>
      <Table columns={columns} label={name}>
        {versions.map((version) => (
          <Line key={version.id}>
            <Cell>
              <Link to="/scorecards/$tenant/$scorecard" params={{ tenant, scorecard: version.id }} className="font-medium hover:underline">
                {say("scorecards.version", { version: version.version })}
              </Link>
              <span className="ml-2 text-12 text-text-3">{say("scorecards.questions", { count: version.questions })}</span>
            </Cell>
            <Cell className={version.in_force ? "text-ok" : "text-text-2"}>{stateOf(version)}</Cell>
            <Cell hideOnPhone>{version.channels.map((channel) => channelWord(channel, say)).join(", ") || say("scorecards.anyChannel")}</Cell>
            <Cell right>{version.used}</Cell>
          </Line>
        ))}
      </Table>
    </section>
  );
}

export function useBegin(tenant: string) {
  const attempt = useTry();
  const navigate = useNavigate();
  return async (name: string) => {
    const made = await attempt(() => api.draftCard(tenant, name));
    if (made) await navigate({ to: "/scorecards/$tenant/$scorecard", params: { tenant, scorecard: made.id } });
  };
}

function NameDialog({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const begin = useBegin(tenant);
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) void begin(name);
  };
  return (
    <Dialog open onClose={onClose} title={say("scorecards.begin")}>
      <form onSubmit={submit} className="flex flex-col gap-3 pb-3">
        <TextField autoFocus label={say("scorecards.name")} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{shared("cancel")}</Button>
          <Button kind="primary" type="submit" disabled={!name.trim()}>
            {say("scorecards.make")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
