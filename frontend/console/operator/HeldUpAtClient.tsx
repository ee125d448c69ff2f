import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import type { HeldUpAtClient as Held } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { AsideDialog, ReasonDialog } from "./HeldUpDialogs";

/** One client's payloads in quarantine and messages in doubt. */
export function HeldUpAtClient({ tenant }: { tenant: string }) {
  const query = useQuery({ queryKey: ["heldUp", tenant], queryFn: () => api.heldUpAt(tenant), staleTime: 0 });
  return (
    <Asked query={query}>
      {({ quarantined, in_doubt }) => (
        <div className="flex flex-col gap-6 pt-2">
          <Payloads tenant={tenant} rows={quarantined} />
          <InDoubt tenant={tenant} rows={in_doubt} />
        </div>
      )}
    </Asked>
  );
}

function Payloads({ tenant, rows }: { tenant: string; rows: Held["quarantined"] }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [dialog, setDialog] = useState<{ kind: "reason" | "aside"; id: string } | null>(null);
  const done = (words: string) => {
    setDialog(null);
    toast(words);
    void client.invalidateQueries({ queryKey: ["heldUp"] });
  };
  const again = async (id: string) => {
    if (await attempt(() => api.handleAgain(tenant, id))) done(say("heldUp.againDone"));
  };
  const columns = [
    { name: say("heldUp.came") },
    { name: say("heldUp.line"), hideOnPhone: true },
    { name: say("heldUp.failure") },
    { name: say("heldUp.attempts"), right: true, hideOnPhone: true },
    { name: say("heldUp.size"), right: true, hideOnPhone: true },
    { name: say("heldUp.act"), silent: true },
  ];
  return (
    <section aria-label={say("heldUp.payloads")}>
      <h2 className="pb-1 text-13 font-semibold">{say("heldUp.payloads")}</h2>
      {rows.length === 0 && <Notice small icon="check" title={say("heldUp.noPayloads")} />}
      {rows.length > 0 && (
        <Table columns={columns} label={say("heldUp.payloads")}>
          {rows.map((row) => (
            <Line key={row.id}>
              <Cell>
                <When at={row.received_at} />
              </Cell>
              <Cell hideOnPhone>{row.line}</Cell>
              <Cell className="font-medium">
                {row.failure}
                <span className="block text-12 font-normal break-all text-text-2 md:hidden">{row.line}</span>
              </Cell>
              <Cell right hideOnPhone>{row.attempts}</Cell>
              <Cell right hideOnPhone>{say("heldUp.bytes", { count: row.size })}</Cell>
              <Cell right>
                <span className="inline-flex gap-2 max-md:flex-col max-md:items-stretch max-md:py-2">
                  <Button small onClick={() => setDialog({ kind: "reason", id: row.id })}>{say("heldUp.open")}</Button>
                  <Button small onClick={() => void again(row.id)}>{say("heldUp.again")}</Button>
                  <Button small onClick={() => setDialog({ kind: "aside", id: row.id })}>{say("heldUp.aside")}</Button>
                </span>
              </Cell>
            </Line>
          ))}
        </Table>
      )}
      {dialog?.kind === "reason" && <ReasonDialog tenant={tenant} id={dialog.id} onClose={() => setDialog(null)} />}
      {dialog?.kind === "aside" && <AsideDialog tenant={tenant} id={dialog.id} onClose={() => setDialog(null)} onDone={() => done(say("heldUp.asideDone"))} />}
    </section>
  );
}

function InDoubt({ tenant, rows }: { tenant: string; rows: Held["in_doubt"] }) {
  const say = useWords();
  const columns = [{ name: say("heldUp.case") }, { name: say("heldUp.state") }, { name: say("heldUp.written") }, { name: say("heldUp.attempts"), right: true }];
  return (
    <section aria-label={say("heldUp.messages")}>
      <h2 className="pb-1 text-13 font-semibold">{say("heldUp.messages")}</h2>
      {rows.length === 0 && <Notice small icon="check" title={say("heldUp.noMessages")} />}
      {rows.length > 0 && (
        <Table columns={columns} label={say("heldUp.messages")}>
          {rows.map((row) => (
            <Line key={row.id}>
              <Cell>
                <Link className="font-medium underline" to="/c/$tenant/$conversation" params={{ tenant, conversation: row.conversation }}>
                  {row.case_number}
                </Link>
              </Cell>
              <Cell>{say(row.delivery === "failed" ? "talk.delivery.failed" : "talk.delivery.unknown")}</Cell>
              <Cell>
                <When at={row.created_at} />
              </Cell>
              <Cell right>{row.attempts}</Cell>
            </Line>
          ))}
        </Table>
      )}
    </section>
  );
}
