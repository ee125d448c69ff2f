import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { cefr, languageOf } from "../people/levels";
import { useWords } from "../words/load";
import type { Figure, Training, WhatIf } from "./api";
import { cx } from "../../shared/components/cx";
import { changeOf, valueOf, type Measure, type Speaking } from "./figures";
import { peopleIn, skillsIn } from "./words";

/** Whom to train in what: the best first, with what it would have saved. */
export function Trainings({ found }: { found: WhatIf }) {
  const say = useWords();
  const language = useLanguage();
  const speaking = { language, currency: found.lines[0]?.currency ?? "EUR" };
  const columns = [
    { name: say("planning.whom") },
    { name: say("planning.inWhat") },
    { name: say("planning.savesPenalty"), right: true },
    { name: say("planning.raisesLevel"), right: true, hideOnPhone: true },
    { name: say("planning.savesWait"), right: true, hideOnPhone: true },
  ];
  return (
    <section aria-label={say("planning.trainNext")} className="flex flex-col gap-2">
      <h2 className="text-13 font-semibold">{say("planning.trainNext")}</h2>
      <p className="max-w-3xl text-13 text-text-2">{say("planning.trainText", { plays: found.plays_total, count: found.replications })}</p>
      {found.trainings.length === 0 ? (
        <Notice small icon="check" title={say("planning.noTraining")} text={say("planning.noTrainingText")} />
      ) : (
        <Table columns={columns} label={say("planning.trainNext")}>
          {found.trainings.map((row) => {
            const group = found.groups.find((each) => each.key === row.group);
            return (
              <Line key={`${row.group} ${row.client?.id} ${row.skill?.code}`}>
                <Cell className="py-1">
                  {group && (group.people.length > 1 ? say("planning.oneOf", { people: peopleIn(group, say) }) : peopleIn(group, say))}
                  {group && <span className="block text-12 text-text-3">{skillsIn(group.skills, language)}</span>}
                </Cell>
                <Cell className="py-1">
                  <Subject row={row} />
                </Cell>
                <Saving measure="penalty" figure={row.penalty} speaking={speaking} />
                <Saving measure="service_level" figure={row.service_level} speaking={speaking} hideOnPhone />
                <Saving measure="wait" figure={row.wait} speaking={speaking} hideOnPhone />
              </Line>
            );
          })}
        </Table>
      )}
    </section>
  );
}

function Subject({ row }: { row: Training }) {
  const say = useWords();
  const language = useLanguage();
  if (row.client)
    return (
      <span className="inline-flex items-center gap-2">
        <ClientTile client={row.client} />
        {row.client.name}
      </span>
    );
  const code = row.skill && languageOf(row.skill.code);
  if (code) return <>{`${languageName(code, language)} ${cefr(row.skill!.level, say("people.native"))}`}</>;
  return <>{`${row.skill?.code} ${row.skill?.level}`}</>;
}

/** Grey while the interval does not exclude that nothing is saved. */
function Saving({ measure, figure, speaking, hideOnPhone }: { measure: Measure; figure: Figure; speaking: Speaking; hideOnPhone?: boolean }) {
  const say = useWords();
  const isSure = figure.low > 0;
  const isCost = figure.high < 0;
  const value = (amount: number) => (measure === "service_level" ? changeOf(measure, amount, speaking) : `${amount < 0 ? "−" : ""}${valueOf(measure, Math.abs(amount), speaking)}`);
  return (
    <Cell right hideOnPhone={hideOnPhone} className={cx("py-1", isSure ? "text-ok" : isCost ? "text-risk" : "text-text-3")}>
      {value(figure.mean)}
      <span className="block text-12">
        {value(figure.low)} … {value(figure.high)}
        {!isSure && !isCost && ` · ${say("planning.effects.unclear")}`}
      </span>
    </Cell>
  );
}
