import "uplot/dist/uPlot.min.css";

import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";

import { SelectField } from "../../shared/components/Field";
import { useLanguage } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import type { Hours, WhatIf } from "./api";
import { asSeconds } from "./figures";

type Measure = keyof Hours;
const MEASURES: readonly Measure[] = ["wait", "service_level", "offered"];
const HEIGHT = 220;
const STEPS: Record<Measure, number[]> = {
  wait: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400],
  service_level: [0.25],
  offered: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
};
const HOUR = 3600;

/** The week hour by hour: as it happened, as played, and with the change. */
export function HourChart({ found }: { found: WhatIf }) {
  const say = useWords();
  const language = useLanguage();
  const [measure, setMeasure] = useState<Measure>("wait");
  const box = useRef<HTMLDivElement>(null);
  const { recorded, before, after } = found.hours;
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const start = Date.parse(found.week.start) / 1000;
    const series = [recorded, before, after].filter((each) => each !== null);
    const times = recorded[measure].map((_, hour) => start + hour * HOUR);
    const data = [times, ...series.map((each) => each[measure])] as uPlot.AlignedData;
    const names = ["planning.recorded", "planning.played", "planning.changed"] as const;
    const lines = series.map((_, place) => ({
      label: say(names[place]!),
      stroke: colour(["--text-3", "--text-1", "--accent"][place]!),
      width: place === 2 ? 2 : 1.25,
      dash: place === 0 ? [2, 3] : undefined,
      spanGaps: false,
      // An hour between two silent ones would have no line.
      points: { show: measure !== "offered", size: 3, fill: colour(["--text-3", "--text-1", "--accent"][place]!) },
      value: (_: uPlot, value: number | null) => asValue(measure, value, language),
    }));
    const plot = new uPlot(optionsOf(box.current!.clientWidth, measure, colour, language, found.week.zone, lines, say("planning.hour")), data, box.current!);
    const resized = new ResizeObserver(() => plot.setSize({ width: box.current!.clientWidth, height: HEIGHT }));
    resized.observe(box.current!);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [found, measure, language]);
  return (
    <section aria-label={say("planning.byHour")} className="flex flex-col gap-2">
      <h2 className="text-13 font-semibold">{say("planning.byHour")}</h2>
      <div className="max-w-xs">
        <SelectField label={say("planning.measure")} value={measure} onChange={(event) => setMeasure(event.target.value as Measure)}>
          {MEASURES.map((each) => (
            <option key={each} value={each}>
              {say(`planning.hourly.${each}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <div ref={box} role="img" aria-label={say("planning.byHourAlt")} className="overflow-hidden text-12" />
    </section>
  );
}

function asValue(measure: Measure, value: number | null, language: string): string {
  if (value === null || value === undefined) return "–";
  if (measure === "wait") return asSeconds(value, language);
  if (measure === "service_level") return value.toLocaleString(language, { style: "percent", maximumFractionDigits: 0 });
  return value.toLocaleString(language, { maximumFractionDigits: 1 });
}

function optionsOf(
  width: number,
  measure: Measure,
  colour: (name: string) => string,
  language: string,
  zone: string,
  lines: uPlot.Series[],
  hour: string,
): uPlot.Options {
  const axis = { stroke: colour("--text-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter Variable" };
  const day = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: zone });
  const instant = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { y: { range: (_, __, most) => [0, measure === "service_level" ? 1 : Math.max(1, most * 1.05)] } },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map((second) => day.format(new Date(second * 1000))), incrs: [24 * HOUR], space: 40, size: 26 },
      { ...axis, values: (_, values) => values.map((value) => asValue(measure, value, language)), size: 56, space: 30, incrs: STEPS[measure] },
    ],
    series: [{ label: hour, value: (_, second) => (second === null ? "–" : instant.format(new Date(second * 1000))) }, ...lines],
  };
}
