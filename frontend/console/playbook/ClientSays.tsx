import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Failure } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { Card } from "../conversation/SidePanel";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

interface Props {
  tenant: string;
  conversation: Conversation;
}

/** What the client wants known and done: news to confirm, what may be granted, procedures step by step. */
export function ClientSays({ tenant, conversation }: Props) {
  const say = useWords();
  const query = useQuery(api.besideQuery(tenant, conversation.id));
  if (query.isError)
    return (
      <Card name="rules" title={say("playbook.tabs.rules")}>
        <Failure small error={query.error} retry={() => void query.refetch()} />
      </Card>
    );
  if (!query.data) return null;
  const { rules, bulletins, procedures } = query.data;
  return (
    <>
      {bulletins.length > 0 && <News tenant={tenant} conversation={conversation.id} bulletins={bulletins} />}
      <Card name="rules" title={say("playbook.tabs.rules")}>
        <Rules rules={rules} />
      </Card>
      {procedures.map((procedure) => (
        <Guided key={procedure.item} tenant={tenant} conversation={conversation.id} procedure={procedure} />
      ))}
    </>
  );
}

function Rules({ rules }: { rules: api.Playbook["rules"] }) {
  const say = useWords();
  const language = useLanguage();
  if (!rules || (!rules.returns && rules.grants.length === 0)) return <p className="text-text-2">{say("playbook.beside.noRules")}</p>;
  const money = (amount: string) => new Intl.NumberFormat(language, { style: "currency", currency: rules.currency }).format(Number(amount));
  return (
    <div className="flex flex-col gap-3">
      {rules.grants.length > 0 && (
        <section>
          <h3 className="text-12 text-text-3">{say("playbook.beside.grants")}</h3>
          <ul className="mt-0.5 flex flex-col gap-1">
            {rules.grants.map((grant, place) => (
              <li key={place}>
                {grant.what}
                {grant.up_to && <span className="num font-medium"> {say("playbook.beside.upTo", { amount: money(grant.up_to) })}</span>}
                <span className="block text-12 text-text-2">{say(`playbook.beside.beyond.${grant.beyond}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {rules.returns && (
        <section>
          <h3 className="text-12 text-text-3">{say("playbook.beside.returns")}</h3>
          <p className="mt-0.5 whitespace-pre-line">{rules.returns}</p>
        </section>
      )}
    </div>
  );
}

/** Shown at once as it will be, then as the server has it. */
function useChange(tenant: string, conversation: string) {
  const client = useQueryClient();
  const attempt = useTry();
  const { queryKey } = api.besideQuery(tenant, conversation);
  return async (act: () => Promise<unknown>, foresee: (before: api.Playbook) => api.Playbook) => {
    await client.cancelQueries({ queryKey });
    client.setQueryData<api.Playbook>(queryKey, (before) => before && foresee(before));
    await attempt(act);
    await client.invalidateQueries({ queryKey });
  };
}

function News({ tenant, conversation, bulletins }: { tenant: string; conversation: string; bulletins: api.Bulletin[] }) {
  const say = useWords();
  const change = useChange(tenant, conversation);
  const confirm = ({ item, number }: api.Bulletin) =>
    change(
      () => api.confirm(tenant, item, number),
      (before) => ({ ...before, bulletins: before.bulletins.map((each) => (each.item === item ? { ...each, read_at: new Date().toISOString() } : each)) }),
    );
  const unread = bulletins.filter((each) => !each.read_at).length;
  return (
    <Card name="news" title={`${say("playbook.beside.bulletins")}${unread ? ` · ${say("playbook.beside.unread", { count: unread })}` : ""}`}>
      <ul className="flex flex-col gap-3">
        {bulletins.map((each) => (
          <li key={each.item} className={each.read_at ? "" : "rounded border border-paper-line bg-paper p-2"}>
            <p className="font-medium">{each.name}</p>
            <p className="whitespace-pre-line">{each.text}</p>
            {each.read_at ? (
              <p className="mt-1 flex items-center gap-1 text-12 text-text-2">
                <Icon name="check" size={12} />
                {say("playbook.beside.confirmed")}
              </p>
            ) : (
              <Button small className="mt-2" onClick={() => void confirm(each)}>
                {say("playbook.beside.confirm")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Guided({ tenant, conversation, procedure }: { tenant: string; conversation: string; procedure: api.Procedure }) {
  const say = useWords();
  const language = useLanguage();
  const change = useChange(tenant, conversation);
  const done = procedure.steps.filter((step) => step.done_at).length;
  const next = procedure.steps.findIndex((step) => !step.done_at);
  const progress = done ? ` · ${say("playbook.beside.progress", { done, all: procedure.steps.length })}` : "";
  const me = useMe();
  const tick = (step: number, is_done: boolean) =>
    change(
      () => api.tick(tenant, conversation, procedure.item, { number: procedure.number, step, is_done }),
      (before) => ({
        ...before,
        procedures: before.procedures.map((each) =>
          each.item === procedure.item
            ? { ...each, steps: each.steps.map((one, at) => (at === step ? { ...one, done_at: is_done ? new Date().toISOString() : null, done_by: is_done ? me.name : "" } : one)) }
            : each,
        ),
      }),
    );
  return (
    <Card name={`procedure.${procedure.item}`} title={`${say("playbook.beside.procedure", { name: procedure.name })}${progress}`} isFolded={done === 0}>
      {procedure.when && <p className="mb-2 text-12 text-text-2">{procedure.when}</p>}
      <ol className="flex flex-col gap-2">
        {procedure.steps.map((step, place) => (
          <li key={place}>
            <label className="flex items-start gap-2">
              <input type="checkbox" checked={Boolean(step.done_at)} onChange={(event) => void tick(place, event.target.checked)} className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
              <span className={step.done_at ? "text-text-2" : ""}>
                <span className={place === next ? "font-medium" : ""}>{step.title}</span>
                {step.text && (place === next || done === 0) && <span className="block text-12 whitespace-pre-line text-text-2">{step.text}</span>}
                {step.done_at && <span className="block text-12 text-text-3">{say("playbook.beside.doneBy", { name: step.done_by, when: asInstant(step.done_at, language) })}</span>}
              </span>
            </label>
          </li>
        ))}
      </ol>
    </Card>
  );
}
