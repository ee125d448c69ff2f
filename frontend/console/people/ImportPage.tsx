import { useState, type ChangeEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { PeopleFrame, Section } from "./PeopleFrame";

interface Taken {
  name: string;
  content: string;
}

const KINDS = ["email", "kind", "code", "level", "from", "until", "read_only", "alias"];

/** Skills and accreditations as a table: out, and in after a look at what it would change. */
export function ImportPage() {
  const say = useWords();
  const [file, setFile] = useState<Taken | null>(null);
  const [effects, setEffects] = useState<api.Effects | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = async (taken: Taken) => {
    setFile(taken);
    setEffects(null);
    setError(null);
    try {
      setEffects(await api.bring(taken.content, false));
    } catch (reason) {
      setError(reason);
    }
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const picked = event.target.files?.[0];
    event.target.value = "";
    if (picked) void picked.text().then((content) => look({ name: picked.name, content }));
  };
  return (
    <PeopleFrame>
      <Section title={say("people.takeOut")}>
        <p className="max-w-2xl pb-3 text-13 text-text-2">{say("people.takeOutText")}</p>
        <a href={api.rosterCsv} download className="inline-flex h-8 items-center rounded border border-line-strong px-3 text-13 font-medium hover:bg-surface-3">
          {say("operator.export")}
        </a>
      </Section>
      <Section title={say("people.bringIn")}>
        <p className="max-w-2xl pb-1 text-13 text-text-2">{say("people.bringInText")}</p>
        <p className="max-w-2xl pb-3 text-12 break-words text-text-3">
          <code>{KINDS.join(", ")}</code>
        </p>
        <label className="inline-flex h-8 cursor-pointer items-center rounded border border-line-strong px-3 text-13 font-medium focus-within:outline-2 hover:bg-surface-3">
          <input type="file" accept=".csv,text/csv" className="sr-only" onChange={pick} />
          {say("people.chooseFile")}
        </label>
        {file && <span className="pl-3 text-13 text-text-2">{file.name}</span>}
      </Section>
      {file && !effects && !error && <Skeleton />}
      {error instanceof ApiError && error.status === 400 ? <Notice icon="warn" title={say("people.unreadable")} text={error.message} /> : error ? <Failure error={error} retry={() => file && void look(file)} /> : null}
      {file && effects && <Effects file={file} effects={effects} onWritten={setEffects} onLook={() => void look(file)} />}
    </PeopleFrame>
  );
}

interface EffectsProps {
  file: Taken;
  effects: api.Effects;
  onWritten: (effects: api.Effects) => void;
  onLook: () => void;
}

function Effects({ file, effects, onWritten, onLook }: EffectsProps) {
  const say = useWords();
  const { run, isBusy } = useAct();
  const { wrong, changes, written, lines } = effects;
  const write = async () => {
    const done = await run(() => api.bring(file.content, true), say("people.wrote"));
    if (done) onWritten(done);
    else onLook();
  };
  const summary = written
    ? say("people.written", { count: changes })
    : wrong
      ? say("people.wrongLines", { count: wrong, of: lines.length })
      : changes
        ? say("people.wouldChange", { count: changes, of: lines.length })
        : say("people.nothingNew");
  const acts = !written && !wrong && changes > 0 && (
    <Button kind="primary" disabled={isBusy} onClick={() => void write()}>
      {say("people.writeNow", { count: changes })}
    </Button>
  );
  return (
    <Section title={say("people.preview")} acts={acts}>
      <p role="status" className={cx("pb-3 text-13", wrong ? "text-risk" : "text-text-2")}>
        {summary}
      </p>
      <Lines lines={lines} />
    </Section>
  );
}

const SHOWN = 300;

function Lines({ lines }: { lines: api.Effects["lines"] }) {
  const say = useWords();
  const columns = [
    { name: say("people.line"), right: true },
    { name: say("operator.who") },
    { name: say("people.what"), hideOnPhone: true },
    { name: say("people.effect") },
  ];
  const telling = lines.filter((line) => line.error || line.change !== "none");
  const ordered = [...telling].sort((one, other) => Number(!one.error) - Number(!other.error) || one.line - other.line);
  if (ordered.length === 0) return null;
  return (
    <>
      <Table columns={columns} label={say("people.preview")}>
        {ordered.slice(0, SHOWN).map((line) => (
          <Line key={line.line}>
            <Cell right className="w-12">
              {line.line}
            </Cell>
            <Cell>
              {line.email}
              <span className="num block text-12 text-text-3 md:hidden">{line.what}</span>
            </Cell>
            <Cell hideOnPhone className="num">
              {line.what}
            </Cell>
            <Cell>{line.error ? <span className="text-risk">{line.error}</span> : <Effect line={line} />}</Cell>
          </Line>
        ))}
      </Table>
      {ordered.length > SHOWN && <p className="pt-3 text-12 text-text-3">{say("people.andMore", { count: ordered.length - SHOWN })}</p>}
    </>
  );
}

function Effect({ line }: { line: api.Effects["lines"][number] }) {
  const say = useWords();
  if (line.change === "") return null;
  return (
    <>
      {say(`people.changes.${line.change}`)}
      <span className="num block text-12 text-text-3">{[line.before, line.after].filter(Boolean).join(" → ")}</span>
    </>
  );
}
