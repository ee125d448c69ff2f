import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { useLanguage } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import type { Figure, Head, WhatIf } from "./api";
import { calibration, changeOf, effectOf, MEASURES, spanOf, valueOf, type Effect, type Measure, type Speaking } from "./figures";
import { questionIn } from "./words";

const COLOURS: Record<Effect, string> = { better: "text-ok", worse: "text-risk", unclear: "text-text-3", none: "text-text-3" };

/** What really happened, the week as it was in the simulator, and the same week otherwise. */
export function FigureTable({ found, other }: { found: WhatIf; other?: Head }) {
  const say = useWords();
  const language = useLanguage();
  const speaking: Speaking = { language, currency: found.lines[0]?.currency ?? "EUR" };
  const mixed = found.remarks.includes("currencies_differ");
  const { before, after, difference } = found.result!;
  const columns = [
    { name: say("planning.measure") },
    { name: say("planning.recorded"), right: true, hideOnPhone: true },
    { name: say("planning.played"), right: true, hideOnPhone: after != null },
    ...(after ? [{ name: say("planning.changed"), right: true }, { name: say("planning.difference"), right: true }] : []),
    ...(other ? [{ name: questionIn(other, found.policy, say), right: true }] : []),
  ];
  const shown = MEASURES.filter((measure) => before[measure] && !(measure === "penalty" && mixed));
  const off = shown.filter((measure) => calibration(measure, found.recorded, before) !== "inside");
  return (
    <>
      <Table columns={columns} label={say("planning.figures")}>
        {shown.map((measure) => (
          <Line key={measure}>
            <Cell className="py-1 md:pr-6 md:whitespace-nowrap">
              {say(`planning.measures.${measure}`)}
              <span className="block text-12 text-text-3 md:hidden">
                {found.recorded[measure] !== null && say("planning.reallyShort", { value: valueOf(measure, found.recorded[measure], speaking) })}
                {after && ` · ${say("planning.playedShort", { value: valueOf(measure, before[measure]!.mean, speaking) })}`}
              </span>
            </Cell>
            <Cell right hideOnPhone>
              {found.recorded[measure] === null ? "–" : valueOf(measure, found.recorded[measure], speaking)}
              {off.includes(measure) && <span className="block text-12 text-warn">{say(`planning.calibration.${calibration(measure, found.recorded, before)}`)}</span>}
            </Cell>
            <Interval measure={measure} figure={before[measure]} speaking={speaking} hideOnPhone={after != null} />
            {after && <Interval measure={measure} figure={after[measure]} speaking={speaking} />}
            {after && <Difference measure={measure} figure={difference?.[measure]} speaking={speaking} />}
            {other && <Interval measure={measure} figure={other.after?.[measure]} speaking={speaking} />}
          </Line>
        ))}
      </Table>
      <p className={cx("max-w-3xl text-13", off.length ? "text-warn" : "text-text-2")}>
        {off.length
          ? say("planning.calibration.off", { measures: off.map((measure) => say(`planning.measures.${measure}`).toLocaleLowerCase(language)).join(", ") })
          : say("planning.calibration.good")}
      </p>
    </>
  );
}

interface Shown {
  measure: Measure;
  figure: Figure | null | undefined;
  speaking: Speaking;
  hideOnPhone?: boolean;
}

/** The mean, and under it the interval. */
export function Interval({ measure, figure, speaking, hideOnPhone }: Shown) {
  return (
    <Cell right hideOnPhone={hideOnPhone} className="py-1">
      {figure ? (
        <>
          {valueOf(measure, figure.mean, speaking)}
          <span className="block text-12 text-text-3">{spanOf(measure, figure, speaking)}</span>
        </>
      ) : (
        "–"
      )}
    </Cell>
  );
}

/** In colour only where the whole interval is on one side; said in words for who sees none. */
export function Difference({ measure, figure, speaking }: Shown) {
  const say = useWords();
  if (!figure) return <Cell right>–</Cell>;
  const effect = effectOf(measure, figure);
  return (
    <Cell right className={cx("py-1", COLOURS[effect])}>
      {effect === "none" ? say("planning.effects.none") : changeOf(measure, figure.mean, speaking)}
      {effect !== "none" && (
        <span className="block text-12">
          {changeOf(measure, figure.low, speaking)} … {changeOf(measure, figure.high, speaking)}
          <span className="max-md:block">
            <span className="max-md:hidden"> · </span>
            {say(`planning.effects.${effect}`)}
          </span>
        </span>
      )}
    </Cell>
  );
}
