import { Link } from "@tanstack/react-router";

import { Cell, Line, Table } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import { now } from "../../shared/time/now";
import { asDay } from "../../shared/time/words";
import { useWords } from "../words/load";
import * as api from "./api";
import { valueOf, type Measure } from "./figures";
import { questionIn } from "./words";

const SHOWN: readonly Measure[] = ["service_level", "wait", "penalty"];

/** What was asked before, side by side: open one, or compare their figures here. */
export function WhatIfs({ planning }: { planning: api.Planning }) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("planning.question") },
    { name: say("planning.week"), hideOnPhone: true },
    ...SHOWN.map((measure) => ({ name: say(`planning.measures.${measure}`), right: true, hideOnPhone: measure === "wait" })),
    { name: say("planning.asked"), hideOnPhone: true },
  ];
  return (
    <section aria-label={say("planning.before")}>
      <h2 className="pb-1 text-13 font-semibold">{say("planning.before")}</h2>
      {planning.what_ifs.length === 0 ? (
        <Notice small icon="floor" title={say("planning.none")} text={say("planning.noneText")} />
      ) : (
        <Table columns={columns} label={say("planning.before")}>
          {planning.what_ifs.map((head) => (
            <Line key={head.id}>
              <Cell>
                <Link to="/planning/$whatIf" params={{ whatIf: head.id }} className="font-medium underline-offset-2 hover:underline">
                  {questionIn(head, planning.policy, say)}
                </Link>
                {head.state !== "done" && (
                  <span className="block text-12 text-text-3">
                    {say(`planning.states.${head.state}`)}
                    {api.isOpen(head) && ` · ${head.plays_done} / ${head.plays_total}`}
                  </span>
                )}
              </Cell>
              <Cell hideOnPhone className="num text-text-2">
                {asDay(head.week.start, language, now())}
              </Cell>
              {SHOWN.map((measure) => (
                <Cell key={measure} right hideOnPhone={measure === "wait"}>
                  <Pair head={head} measure={measure} />
                </Cell>
              ))}
              <Cell hideOnPhone className="text-text-2">
                <When at={head.made_at} /> {head.made_by}
              </Cell>
            </Line>
          ))}
        </Table>
      )}
    </section>
  );
}

/** "81 % → 88 %". */
function Pair({ head, measure }: { head: api.Head; measure: Measure }) {
  const language = useLanguage();
  const speaking = { language, currency: "EUR" };
  const [before, after] = [head.before?.[measure], head.after?.[measure]];
  if (!before) return <>–</>;
  return (
    <>
      <span className="text-text-3">{valueOf(measure, before.mean, speaking)}</span>
      {after && <> → {valueOf(measure, after.mean, speaking)}</>}
    </>
  );
}
