import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { emptyBody, type Bodies } from "./bodies";
import { BulletinFields, ProcedureFields, RulesFields } from "./fields";
import { MacroFields } from "./MacroFields";
import { Readers } from "./Readers";
import { ReplyFields } from "./ReplyFields";
import { Versions } from "./Versions";

interface Props {
  tenant: string;
  kind: api.Kind;
  item: string;
  shelf: api.Shelf;
  onOpen: (item?: string) => void;
}

export const versionsKey = (tenant: string, item: string) => ["playbook-versions", tenant, item];

/** One item: as it is, to be changed; with all that it was. */
export function Editor(props: Props) {
  const { tenant, kind, item, shelf, onOpen } = props;
  const say = useWords();
  const query = useQuery({ queryKey: versionsKey(tenant, item), queryFn: () => api.history(tenant, item), enabled: item !== "new", staleTime: 0 });
  const back = (
    <Button small className="mb-3 lg:hidden" onClick={() => onOpen(undefined)} icon={<Icon name="left" size={12} />}>
      {say("playbook.upkeep.back")}
    </Button>
  );
  if (item === "new")
    return (
      <div className="min-w-0">
        {back}
        <Form {...props} name={kind === "rules" ? say("playbook.tabs.rules") : ""} body={emptyBody(kind, shelf.languages[0] ?? "en", shelf.tone)} />
      </div>
    );
  return (
    <div className="min-w-0">
      {back}
      <Asked query={query} rows={8}>
        {(versions) => {
          const current = versions.find((each) => each.is_in_force) ?? versions[0]!;
          return (
            <>
              <Form key={current.number} {...props} name={current.name} body={current.body as unknown as Bodies[api.Kind]} entry={current} />
              {kind === "bulletin" && !current.is_archived && <Readers tenant={tenant} item={item} />}
              <Versions tenant={tenant} item={item} versions={versions} />
            </>
          );
        }}
      </Asked>
    </div>
  );
}

function Form({ tenant, kind, item, shelf, onOpen, name: given, body: begun, entry }: Props & { name: string; body: Bodies[api.Kind]; entry?: api.Entry }) {
  const say = useWords();
  const [name, setName] = useState(given);
  const [body, setBody] = useState(begun);
  const { save, archive, errors, isBusy } = useUpkeep({ tenant, kind, item, onOpen, entry });
  const fields = { shelf, errors, onChange: setBody as (body: Bodies[api.Kind]) => void };
  const isChanged = name !== given || JSON.stringify(body) !== JSON.stringify(begun);
  return (
    <form
      aria-label={given || say(`playbook.upkeep.add.${kind}`)}
      className="flex max-w-4xl flex-col gap-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save(name, body);
      }}
    >
      <fieldset disabled={isBusy} className="contents">
        {kind !== "rules" && <TextField label={say("playbook.upkeep.name")} required maxLength={120} autoFocus={item === "new"} value={name} error={errors.name} onChange={(event) => setName(event.target.value)} />}
        {kind === "reply" && <ReplyFields {...fields} body={body as Bodies["reply"]} />}
        {kind === "macro" && <MacroFields {...fields} body={body as Bodies["macro"]} />}
        {kind === "procedure" && <ProcedureFields {...fields} body={body as Bodies["procedure"]} />}
        {kind === "bulletin" && <BulletinFields {...fields} body={body as Bodies["bulletin"]} />}
        {kind === "rules" && <RulesFields {...fields} body={body as Bodies["rules"]} />}
      </fieldset>
      {errors.other && <p className="text-13 text-risk">{errors.other}</p>}
      <div className="flex gap-2">
        <Button kind="primary" type="submit" disabled={isBusy || (!isChanged && item !== "new")}>
          {say("playbook.upkeep.save")}
        </Button>
        {entry && (
          <Button disabled={isBusy} onClick={() => void archive(!entry.is_archived)}>
            {say(entry.is_archived ? "playbook.upkeep.unarchive" : "playbook.upkeep.archive")}
          </Button>
        )}
      </div>
    </form>
  );
}

function useUpkeep({ tenant, kind, item, onOpen, entry }: Omit<Props, "shelf"> & { entry?: api.Entry }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const settle = () => Promise.all([client.invalidateQueries({ queryKey: ["shelf", tenant] }), client.invalidateQueries({ queryKey: versionsKey(tenant, item) })]);
  const write = async (name: string, body: Bodies[api.Kind]) => {
    const said = { kind, name, body: body as unknown as Record<string, unknown> };
    try {
      return await (entry ? api.change(tenant, item, { ...said, number: entry.number }) : api.add(tenant, said));
    } catch (problem) {
      if (!(problem instanceof ApiError) || ![400, 409].includes(problem.status)) throw problem;
      const known = Object.keys(problem.fields).length > 0;
      setErrors({ ...problem.fields, other: known ? Object.entries(problem.fields).map(([, why]) => why)[0]! : problem.message });
      return undefined;
    }
  };
  const save = async (name: string, body: Bodies[api.Kind]) => {
    setIsBusy(true);
    setErrors({});
    const saved = await attempt(() => write(name, body));
    if (!saved) return setIsBusy(false);
    // Until the stored version stands in the form: what is typed into the one that goes would be lost.
    await settle();
    if (entry) setIsBusy(false);
    else onOpen(saved.id);
    toast(say("playbook.upkeep.saved", { number: saved.number }));
  };
  const archive = async (isArchived: boolean) => {
    const run = async (to: boolean) => {
      const done = await attempt(() => api.archive(tenant, item, to));
      if (done) await settle();
      return done;
    };
    if (!(await run(isArchived))) return;
    onOpen(undefined);
    if (isArchived) toast(say("playbook.upkeep.wasArchived", { name: entry?.name ?? "" }), { act: { label: say("playbook.upkeep.undo"), run: () => void run(false) } });
  };
  return { save, archive, errors, isBusy };
}
