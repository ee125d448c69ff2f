import type { ReactNode } from "react";

import { Cell, Line, Table } from "../components/Page";
import { useLanguage, useShared } from "../i18n/use";
import { languageName } from "../time/words";
import { TermsMoreRead } from "./TermsMoreRead";
import { dayWord, fieldWord, groupWord, hoursWords, itemWords, metricWord, partWord, percent, promise, valueWords } from "./words";

/** What is read of the terms on a screen; the JSON behind them is whole. */
export interface Terms {
  calendars: Record<string, { time_zone: string; weekly: Record<string, string[][]>; holidays?: { country: string } | null }>;
  hours: Record<string, string>;
  targets: { channel_group: string; priority?: string; metric: string; seconds: number; calendar: string; language?: string }[];
  clauses: { code: string; title: Record<string, string>; metric: string; channel_group?: string; goal: number | string; minimum?: number; penalty?: { eur_per_point: number | string; cap_points?: number | string } | null }[];
  languages: string[];
  client_answer?: { seconds: number; calendar: string } | null;
  report?: { day?: number; business_day?: number; time?: string; time_zone?: string; language?: string; recipients?: string[] } | null;
  quality?: { goal: number | string; minimum?: number; penalty?: { eur_per_point?: number | string; cap_points?: number | string; tiers?: unknown[] } | null; bonus?: unknown } | null;
}

export interface Change {
  part: string;
  item: string[];
  field: string;
  before: unknown;
  after: unknown;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="pb-1 text-15 font-semibold">{title}</h2>
      {text && <p className="max-w-[68ch] pb-2 text-13 text-text-2">{text}</p>}
      {children}
    </section>
  );
}

/** All that is promised, in the order in which it is read. */
export function TermsRead({ terms, currency }: { terms: Terms; currency: string }) {
  return (
    <div className="flex flex-col gap-8">
      <Targets terms={terms} />
      <Clauses terms={terms} currency={currency} />
      <TermsMoreRead terms={terms} currency={currency} />
      <Hours terms={terms} />
    </div>
  );
}

function Targets({ terms }: { terms: Terms }) {
  const say = useShared();
  const language = useLanguage();
  const columns = [{ name: say("contract.channel") }, { name: say("contract.what") }, { name: say("contract.within"), right: true }, { name: say("contract.during"), hideOnPhone: true }];
  return (
    <Part title={say("contract.parts.targets")} text={say("contract.targetsText")}>
      <Table columns={columns} label={say("contract.parts.targets")}>
        {terms.targets.map((target) => (
          <Line key={[target.channel_group, target.metric, target.priority, target.language].join()}>
            <Cell>{groupWord(target.channel_group, say)}</Cell>
            <Cell>
              {metricWord(target.metric, say)}
              <span className="text-text-3">
                {target.priority && target.priority !== "normal" && ` · ${target.priority}`}
                {target.language && ` · ${languageName(target.language, language)}`}
              </span>
            </Cell>
            <Cell right>{promise(target.seconds)}</Cell>
            <Cell hideOnPhone className="text-text-2">
              {target.calendar}
            </Cell>
          </Line>
        ))}
        {terms.client_answer && (
          <Line>
            <Cell>–</Cell>
            <Cell>{metricWord("client_answer", say)}</Cell>
            <Cell right>{promise(terms.client_answer.seconds)}</Cell>
            <Cell hideOnPhone className="text-text-2">
              {terms.client_answer.calendar}
            </Cell>
          </Line>
        )}
      </Table>
    </Part>
  );
}

function Clauses({ terms, currency }: { terms: Terms; currency: string }) {
  const say = useShared();
  const language = useLanguage();
  const money = (amount: unknown) => new Intl.NumberFormat(language, { style: "currency", currency }).format(Number(amount));
  const columns = [{ name: say("contract.clause") }, { name: say("contract.goal"), right: true }, { name: say("contract.penalty"), right: true }];
  return (
    <Part title={say("contract.parts.clauses")} text={say("contract.clausesText")}>
      <Table columns={columns} label={say("contract.parts.clauses")}>
        {terms.clauses.map((clause) => (
          <Line key={clause.code}>
            <Cell>{clause.title[language] ?? clause.title.en ?? clause.code}</Cell>
            <Cell right>{percent(clause.goal, language)}</Cell>
            <Cell right className="text-text-2">
              {clause.penalty ? say("contract.perPoint", { amount: money(clause.penalty.eur_per_point), cap: String(clause.penalty.cap_points ?? 100) }) : "–"}
            </Cell>
          </Line>
        ))}
      </Table>
    </Part>
  );
}

function Hours({ terms }: { terms: Terms }) {
  const say = useShared();
  const language = useLanguage();
  const columns = [{ name: say("contract.calendar") }, ...DAYS.map((_, day) => ({ name: dayWord(day, language) }))];
  return (
    <Part title={say("contract.parts.calendars")}>
      <Table columns={columns} label={say("contract.parts.calendars")}>
        {Object.entries(terms.calendars).map(([name, calendar]) => (
          <Line key={name}>
            <Cell>
              <span className="font-medium">{name}</span>
              <span className="block text-12 text-text-3">
                {calendar.time_zone}
                {calendar.holidays && ` · ${say("contract.withHolidays", { country: calendar.holidays.country })}`}
              </span>
            </Cell>
            {DAYS.map((day) => (
              <Cell key={day} className="num text-12 whitespace-nowrap text-text-2">
                {hoursWords(calendar.weekly[day])}
              </Cell>
            ))}
          </Line>
        ))}
      </Table>
      <p className="pt-2 text-13 text-text-2">
        {partWord("languages", say)}: {terms.languages.map((code) => languageName(code, language)).join(", ")}
      </p>
    </Part>
  );
}

/** A quality goal is a score of 100, not a share. */
const kindOf = ({ part, field }: Change) => (part === "quality" ? `score ${field}` : field || part);

/** What a version says that the one before does not. */
export function Changes({ changes, before, terms }: { changes: Change[]; before: number | null; terms: Terms }) {
  const say = useShared();
  const language = useLanguage();
  if (before === null) return null;
  const title = say("contract.changes", { n: before });
  const titleOf = ({ part, item }: Change) => {
    const clause = part === "clauses" ? terms.clauses.find((each) => each.code === item[0]) : undefined;
    return clause && (clause.title[language] ?? clause.title.en);
  };
  if (changes.length === 0) return <Part title={title} text={say("contract.noChanges")}>{null}</Part>;
  const columns = [{ name: say("contract.place") }, { name: say("contract.was") }, { name: say("contract.becomes") }];
  return (
    <Part title={title}>
      <Table columns={columns} label={title}>
        {changes.map((change) => (
          <Line key={[change.part, ...change.item, change.field].join("/")}>
            <Cell>
              {titleOf(change) ?? (itemWords(change.item, say) || partWord(change.part, say))}
              {change.field && <span className="text-text-3"> · {fieldWord(change.field, language, say)}</span>}
            </Cell>
            <Cell className="num text-text-2">
              <del className="decoration-text-3">{valueWords(kindOf(change), change.before, language)}</del>
            </Cell>
            <Cell className="num font-medium">{valueWords(kindOf(change), change.after, language)}</Cell>
          </Line>
        ))}
      </Table>
    </Part>
  );
}
