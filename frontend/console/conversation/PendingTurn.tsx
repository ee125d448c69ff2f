import { useQueryClient } from "@tanstack/react-query";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Hour } from "../../shared/components/When";
import { Marked, Stopped } from "../playbook/OtherBrand";
import { useWords } from "../words/load";
import { putBack } from "./drafts";
import { drop, send, sendAnyway, type Entry } from "./outbox";
import { RefusedFiles } from "./RefusedFiles";

/** A message on its way: shown at once, and what became of it in words. */
export function PendingTurn({ entry, alias, lastSeq }: { entry: Entry; alias: string; lastSeq: number }) {
  const say = useWords();
  const client = useQueryClient();
  const isBad = entry.state === "failed" || entry.state === "lost";
  const takeBack = () => {
    putBack(entry.tenant, entry.conversation, entry.mode, entry.text);
    drop(entry.key);
  };
  return (
    <article className={cx("flex flex-col gap-1", entry.mode === "reply" ? "items-end" : "items-start")}>
      <header className="flex items-baseline gap-2 text-12 text-text-3">
        <span className="font-medium text-text-1">{entry.mode === "note" ? say("talk.note") : alias}</span>
        <Hour at={entry.at} />
      </header>
      <div
        className={cx(
          "max-w-[min(68ch,92%)] rounded px-3 py-2 text-15 break-words whitespace-pre-wrap",
          entry.mode === "note" ? "border border-paper-line bg-paper" : "said-out",
          entry.state === "sending" && "opacity-70",
        )}
      >
        {entry.found ? <Marked text={entry.text} found={entry.found} /> : entry.text}
      </div>
      <RefusedFiles files={Object.entries(entry.refused ?? {}).map(([name, reason]) => ({ name, reason }))} />
      <div className={cx("flex flex-wrap items-center gap-2 text-12", isBad ? "text-risk" : "text-text-3")}>
        <span className="flex items-center gap-1">
          {isBad && <Icon name="warn" size={12} />}
          {entry.moved ? say("writing.moved") : say(`talk.delivery.${entry.state}`)}
          {entry.why && <span className="text-text-2">· {entry.why}</span>}
        </span>
        {entry.found && <Stopped entry={entry} onChange={takeBack} />}
        {entry.state === "failed" && !entry.found && (
          <Button small onClick={() => void (entry.moved ? sendAnyway(client, entry.key, lastSeq) : send(client, entry.key))}>
            {say(entry.moved ? "writing.sendAnyway" : "talk.retry")}
          </Button>
        )}
        {isBad && !entry.found && (
          <>
            <Button small onClick={takeBack}>
              {say("talk.edit")}
            </Button>
            <Button small kind="quiet" onClick={() => drop(entry.key)}>
              {say("talk.discard")}
            </Button>
          </>
        )}
      </div>
    </article>
  );
}
