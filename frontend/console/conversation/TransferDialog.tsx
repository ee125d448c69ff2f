import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation, Work } from "../../shared/model";
import { targets, transfer } from "../api";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { queueWord } from "../desk/channels";
import { useWords } from "../words/load";

interface Props {
  work: Work;
  conversation: Conversation;
  onDone: () => void;
}

type Target = { queue: string } | { agent: string } | { skill: string };

/** Hands a conversation on: to a queue of the same client, to whoever has a skill, or to a colleague who is offered it. */
export function TransferDialog({ work, conversation, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const navigate = useNavigate();
  const [note, setNote] = useState("");
  const [to, setTo] = useState<Target | null>(null);
  const query = useQuery({ queryKey: ["targets", work.id], queryFn: () => targets(work.id), staleTime: 0, gcTime: 0 });
  const number = conversation.case_number;
  const [key] = useState(() => crypto.randomUUID());
  const submit = async () => {
    if (!to) return;
    const done = await attempt(() => transfer(work.id, { ...to, note: note.trim(), client_key: key }).then(() => true));
    if (!done) return;
    onDone();
    toast(say("talk.transferred", { number }));
    await navigate({ to: "/" });
    await sync();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!to} onClick={() => void submit()}>
        {say("talk.transferNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("talk.transferTitle", { number })} text={say("talk.transferText")} footer={footer}>
      <div className="flex flex-col gap-4 pb-2">
        <Asked query={query} rows={3} small>
          {({ queues, agents, skills }) => (
            <>
              <Group title={say("talk.transferAgents")}>
                {agents.length === 0 && <p className="px-2 text-text-2">{say("talk.noAgents")}</p>}
                {agents.map((agent) => (
                  <Option key={agent.id} name={agent.name} isPicked={isSame(to, { agent: agent.id })} onPick={() => setTo({ agent: agent.id })} />
                ))}
              </Group>
              {skills.length > 0 && (
                <Group title={say("talk.transferSkills")}>
                  {skills.map((skill) => (
                    <Option key={skill.code} name={skill.name} isPicked={isSame(to, { skill: skill.code })} onPick={() => setTo({ skill: skill.code })} />
                  ))}
                </Group>
              )}
              <Group title={say("talk.transferQueues")}>
                {queues.map((queue) => (
                  <Option key={queue.id} name={queueWord(queue, queues, say)} isPicked={isSame(to, { queue: queue.id })} onPick={() => setTo({ queue: queue.id })} />
                ))}
              </Group>
            </>
          )}
        </Asked>
        <TextArea label={say("talk.transferNote")} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
      </div>
    </Dialog>
  );
}

function isSame(one: Target | null, other: Target): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="pb-1 text-12 font-medium text-text-2">{title}</legend>
      {children}
    </fieldset>
  );
}

function Option({ name, isPicked, onPick }: { name: string; isPicked: boolean; onPick: () => void }) {
  return (
    <label className={cx("flex h-8 cursor-pointer items-center gap-2.5 rounded-sm px-2", isPicked ? "bg-surface-4 font-medium" : "hover:bg-surface-3")}>
      <input type="radio" name="target" checked={isPicked} onChange={onPick} className="accent-(--accent)" />
      {name}
    </label>
  );
}
