import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { slugOf } from "../operator/NewShopPage";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { languageOf, shopOf } from "./levels";
import { PeopleFrame } from "./PeopleFrame";
import { Rivals } from "./Rivals";

export function SkillsPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["people", "skills"], queryFn: api.skills });
  const [isAdding, setIsAdding] = useState(false);
  const [renamed, setRenamed] = useState<api.Skill | null>(null);
  const columns = [
    { name: say("people.skill") },
    { name: say("people.code"), hideOnPhone: true },
    { name: say("operator.client"), hideOnPhone: true },
    { name: say("people.have"), right: true },
    { name: say("people.need"), right: true, hideOnPhone: true },
    { name: say("operator.act"), silent: true },
  ];
  const add = (
    <Button kind="primary" onClick={() => setIsAdding(true)}>
      {say("people.addSkill")}
    </Button>
  );
  return (
    <PeopleFrame acts={add}>
      <p className="max-w-2xl pb-3 text-13 text-text-2">{say("people.skillsText")}</p>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="score" title={say("people.noSkills")} act={add} />}>
        {(rows) => (
          <Table columns={columns} label={say("people.tabs.skills")}>
            {rows.map((row) => (
              <Row key={row.code} row={row} onRename={() => setRenamed(row)} />
            ))}
          </Table>
        )}
      </Asked>
      <div className="pt-8">
        <Rivals />
      </div>
      {isAdding && <AddDialog onClose={() => setIsAdding(false)} />}
      {renamed && <RenameDialog skill={renamed} onClose={() => setRenamed(null)} />}
    </PeopleFrame>
  );
}

function Row({ row, onRename }: { row: api.Skill; onRename: () => void }) {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const code = languageOf(row.code);
  const shop = me.clients.find((client) => client.slug === shopOf(row.code));
  return (
    <Line>
      <Cell>
        {code && row.name === code ? languageName(code, language) : row.name}
        <span className="num block text-12 text-text-3 md:hidden">{row.code}</span>
      </Cell>
      <Cell hideOnPhone className="num text-text-2">
        {row.code}
      </Cell>
      <Cell hideOnPhone>{shop ? <ClientTile client={shop} /> : <span className="text-text-2">{shopOf(row.code) ?? say("operator.everyone")}</span>}</Cell>
      <Cell right>{row.people}</Cell>
      <Cell right hideOnPhone>
        {row.queues}
      </Cell>
      <Cell right>
        <Button small onClick={onRename}>
          {say("people.rename")}…
        </Button>
      </Cell>
    </Line>
  );
}

function RenameDialog({ skill, onClose }: { skill: api.Skill; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useAct();
  const language = useLanguage();
  const spoken = languageOf(skill.code);
  const known = spoken === skill.name ? languageName(spoken, language) : skill.name;
  const [name, setName] = useState(known);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => api.renameSkill(skill.code, name))) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="rename" kind="primary" disabled={isBusy || !name.trim()}>
        {say("people.rename")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("people.renameTitle", { name: known })} text={say("people.renameText", { code: skill.code, people: skill.people, queues: skill.queues })} footer={footer}>
      <form id="rename" onSubmit={(event) => void submit(event)} className="pb-3">
        <TextField label={say("operator.name")} required autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const me = useMe();
  const { run, isBusy } = useAct();
  const [name, setName] = useState("");
  const [shop, setShop] = useState("");
  const what = slugOf(name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => api.addSkill({ name, what, shop }))) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="add" kind="primary" disabled={isBusy || !what}>
        {say("people.addSkill")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("people.addSkill")} text={say("people.addSkillText")} footer={footer}>
      <form id="add" onSubmit={(event) => void submit(event)} className="grid gap-3 pb-3">
        <SelectField label={say("operator.client")} value={shop} onChange={(event) => setShop(event.target.value)}>
          <option value="">{say("operator.everyone")}</option>
          {me.clients.map((client) => (
            <option key={client.id} value={client.slug}>
              {client.name}
            </option>
          ))}
        </SelectField>
        <TextField
          label={say("operator.name")}
          required
          autoFocus
          maxLength={80}
          value={name}
          hint={what && `${say("people.code")}: product:${shop ? `${shop}:` : ""}${what}`}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
