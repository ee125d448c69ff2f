import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { contrast, fromHex, fromOklch, textOn, type Rgb } from "./contrast";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function theme(name: "light" | "dark"): Map<string, Rgb> {
  const block = css.slice(css.indexOf(`[data-theme="${name}"]`));
  const body = block.slice(block.indexOf("{") + 1, block.indexOf("}"));
  const found = [...body.matchAll(/--([\w-]+):\s*oklch\(([\d.]+) ([\d.]+) ?([\d.]+)?\)/g)];
  return new Map(found.map(([, key, l, c, h]) => [key!, fromOklch(Number(l), Number(c), Number(h ?? 0))]));
}

const GROUNDS = ["surface-1", "surface-2", "surface-3"];
const PAIRS: [string, string[]][] = [
  ["text-1", [...GROUNDS, "surface-4", "paper", "accent-soft", "warn-soft", "risk-soft", "ok-soft"]],
  ["text-2", [...GROUNDS, "surface-4", "paper", "accent-soft", "warn-soft", "risk-soft", "ok-soft"]],
  ["text-3", [...GROUNDS, "surface-4", "paper", "accent-soft"]],
  ["accent", [...GROUNDS, "accent-soft"]],
  ["ok", [...GROUNDS, "surface-4", "ok-soft"]],
  ["warn", [...GROUNDS, "surface-4", "warn-soft", "paper"]],
  ["risk", [...GROUNDS, "surface-4", "risk-soft"]],
  ["on-accent", ["accent"]],
  ["surface-1", ["risk", "text-1"]],
];

describe.each(["light", "dark"] as const)("%s theme", (name) => {
  const colours = theme(name);
  const pairs = PAIRS.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const));
  test.each(pairs)("%s on %s reads at 4.5 : 1 or better", (text, ground) => {
    expect(contrast(colours.get(text)!, colours.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });
});

test("black on white is 21 : 1", () => {
  expect(contrast(fromHex("#000000")!, fromHex("#fff")!)).toBeCloseTo(21, 5);
});

test.each(["#0f766e", "#b45309", "#ffd400", "#1d4ed8", "#e11d48", "#777777", "#00ff88"])("text on %s reads", (hex) => {
  expect(contrast(fromHex(textOn(hex))!, fromHex(hex)!)).toBeGreaterThanOrEqual(4.5);
});
