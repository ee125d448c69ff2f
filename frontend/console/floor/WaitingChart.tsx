import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "react";
import uPlot from "uplot";

import { useLanguage } from "../../shared/i18n/use";
import { asHour } from "../../shared/time/words";
import { useWords } from "../words/load";

const KEPT = 3600;
const SHOWN = 600;
const seen: [number[], number[]] = [[], []];

/** Everyone waiting, second by second, from the snapshots of this page. */
export function WaitingChart({ at, waiting }: { at: string; waiting: number }) {
  const say = useWords();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    plot.current = new uPlot(options(box.current!.clientWidth, colour, language), seen, box.current!);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: box.current!.clientWidth, height: 120 }));
    resized.observe(box.current!);
    return () => {
      resized.disconnect();
      plot.current?.destroy();
    };
  }, [language]);
  useEffect(() => {
    const second = Date.parse(at) / 1000;
    if (seen[0].at(-1) === second) return;
    seen[0].push(second);
    seen[1].push(waiting);
    if (seen[0].length > KEPT) seen.forEach((series) => series.shift());
    plot.current?.setData(seen);
  }, [at, waiting]);
  return (
    <section aria-label={say("floor.chart")}>
      <h2 className="pb-1 text-13 font-semibold">{say("floor.chart")}</h2>
      <div ref={box} className="h-30 overflow-hidden" />
    </section>
  );
}

/** Of a single point uPlot would make a range of its own, a thousand days later. */
function lastMinutes(): [number, number] {
  const last = seen[0].at(-1) ?? Date.now() / 1000;
  return [last - SHOWN, last];
}

function options(width: number, colour: (name: string) => string, language: string): uPlot.Options {
  const axis = { stroke: colour("--text-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter Variable" };
  return {
    width,
    height: 120,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { range: lastMinutes }, y: { range: (_, __, most) => [0, Math.max(4, most + 1)] } },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map((second) => asHour(new Date(second * 1000).toISOString(), language)), space: 80, size: 24 },
      { ...axis, size: 32, space: 20, incrs: [1, 2, 5, 10, 20, 50, 100] },
    ],
    series: [
      {},
      { stroke: colour("--accent"), width: 1.5, fill: colour("--accent-soft"), points: { show: false }, paths: uPlot.paths.stepped!({ align: 1 }) },
    ],
  };
}
