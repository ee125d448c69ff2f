import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { promise } from "../../shared/contract/words";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { DisputeAtDesk } from "../../shared/model";
import { asInstant, asMonth } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useWords, type Key } from "../words/load";
import * as api from "./api";

/** One dispute: what was said, the sum of the ledger beside it, and the one answer. */
export function DisputeView({ tenant, id }: { tenant: string; id: string }) {
  const query = useQuery({ queryKey: ["disputes", "one", id], queryFn: () => api.dispute(tenant, id), staleTime: 0 });
  return (
    <Asked query={query} rows={6}>
      {(row) => <Opened tenant={tenant} row={row} />}
    </Asked>
  );
}

function Opened({ tenant, row }: { tenant: string; row: DisputeAtDesk }) {
  const say = useWords();
  const [isAccepting, setIsAccepting] = useState<boolean | null>(null);
  return (
    <section aria-label={row.case_number} className="mt-6 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-3">
        <h2 className="text-15 font-semibold">
          {row.case_number} · {row.clause_title}
        </h2>
        <Link className="text-13 underline" to="/c/$tenant/$conversation" params={{ tenant, conversation: row.conversation }}>
          {say("disputes.openCase")}
        </Link>
        {row.state === "open" && (
          <span className="ml-auto flex gap-2">
            <Button onClick={() => setIsAccepting(false)}>{say("disputes.reject")}</Button>
            <Button kind="primary" onClick={() => setIsAccepting(true)}>
              {say("disputes.accept")}
            </Button>
          </span>
        )}
      </div>
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2">
        <Said row={row} />
        <Sum row={row} />
      </div>
      {isAccepting !== null && <AnswerDialog row={row} accept={isAccepting} onClose={() => setIsAccepting(null)} />}
    </section>
  );
}

function Said({ row }: { row: DisputeAtDesk }) {
  const say = useWords();
  const language = useLanguage();
  return (
    <div>
      <h3 className="pb-1 text-13 font-semibold">{say("disputes.said")}</h3>
      <p className="text-13">
        {say(`disputes.outcomes.${row.outcome}`)}
        {row.outcome_reason && ` (${row.outcome_reason.replaceAll("_", " ")})`} → {say(`disputes.claims.${row.claim}`)}
      </p>
      {row.words.map((word) => (
        <div key={word.side} className="pt-3 text-13">
          <p className="text-12 text-text-3">{say("disputes.by", { name: word.side === "client" ? row.raised_by : row.answered_by, at: asInstant(word.at, language) })}</p>
          <p className="max-w-[68ch] wrap-anywhere whitespace-pre-wrap">{word.text || say("disputes.erased")}</p>
        </div>
      ))}
      {row.effect && <p className="pt-3 text-13 font-medium">{say(`disputes.effects.${row.effect}`)}</p>}
    </div>
  );
}

function Sum({ row }: { row: DisputeAtDesk }) {
  const say = useWords();
  const language = useLanguage();
  const { arithmetic } = row;
  const seconds = (value: number) => promise(Math.round(value));
  const columns = [{ name: say("disputes.step") }, { name: say("disputes.at") }, { name: say("disputes.counted"), right: true }, { name: say("disputes.sum"), right: true }];
  return (
    <div>
      <h3 className="pb-1 text-13 font-semibold">{say("disputes.ledger")}</h3>
      <Table columns={columns} label={say("disputes.ledger")}>
        {arithmetic.steps.map((step, index) => (
          <Line key={index}>
            <Cell>
              {say(`disputes.events.${step.kind}` as Key)}
              {step.reason && <span className="block text-12 text-text-2">{step.reason.replaceAll("_", " ")}</span>}
            </Cell>
            <Cell>{asInstant(step.at, language, arithmetic.calendar.time_zone)}</Cell>
            <Cell right>{step.counted_seconds ? `+ ${seconds(step.counted_seconds)}` : ""}</Cell>
            <Cell right>{seconds(step.elapsed_seconds)}</Cell>
          </Line>
        ))}
      </Table>
      <p className={`num pt-2 text-right text-13 font-semibold ${arithmetic.comparison === ">" ? "text-risk" : ""}`}>
        {say("disputes.verdict", {
          used: seconds(arithmetic.elapsed_seconds),
          sign: arithmetic.comparison === ">" ? ">" : "≤",
          target: seconds(arithmetic.target_seconds),
          n: arithmetic.version,
        })}
      </p>
    </div>
  );
}

function AnswerDialog({ row, accept, onClose }: { row: DisputeAtDesk; accept: boolean; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const client = useQueryClient();
  const attempt = useTry();
  const [reason, setReason] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const month = asMonth(row.month, language);
  const text = !accept ? say("disputes.rejectText") : say(row.month_runs ? "disputes.acceptMonth" : "disputes.acceptCredit", { month });
  const submit = async () => {
    setIsBusy(true);
    const done = await attempt(async () => {
      try {
        return await api.answerDispute(row.client.id, row.id, accept, reason.trim());
      } catch (error) {
        // Somebody else was first: what they said stands, and is shown.
        if (error instanceof ApiError && error.code === "answered_already") onClose();
        throw error;
      }
    });
    setIsBusy(false);
    await client.invalidateQueries({ queryKey: ["disputes"] });
    if (done) {
      toast(say(accept ? "disputes.accepted" : "disputes.rejected"));
      onClose();
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind={accept ? "primary" : "risk"} disabled={!reason.trim() || isBusy} onClick={() => void submit()}>
        {say(accept ? "disputes.acceptNow" : "disputes.rejectNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say(accept ? "disputes.acceptTitle" : "disputes.rejectTitle")} text={text} footer={footer}>
      <div className="pb-3">
        <TextArea label={say("disputes.reason")} rows={4} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
      </div>
    </Dialog>
  );
}
