import { describe, expect, test } from "vitest";

import type { Figure, Figures, PlainFigures } from "./api";
import { asSeconds, calibration, changeOf, effectOf, spanOf, valueOf } from "./figures";

const english = { language: "en", currency: "EUR" };
const figure = (mean: number, half: number): Figure => ({ mean, sd: half, low: mean - half, high: mean + half });

describe("figures of a what-if", () => {
  test("are said in their unit", () => {
    expect(valueOf("service_level", 0.8342, english)).toBe("83.4%");
    expect(valueOf("penalty", 1250.4, english)).toBe("€1,250");
    expect([42, 150, 9000].map((each) => asSeconds(each, "en"))).toEqual(["42 s", "2.5 min", "2.5 h"]);
  });
  test("have no interval beyond what is possible", () => {
    expect(spanOf("service_level", figure(0.99, 0.02), english)).toBe("97% – 100%");
    expect(spanOf("wait", figure(3, 5), english)).toBe("0 s – 8 s");
  });
  test("change by points with a sign", () => {
    expect(changeOf("service_level", 0.021, english)).toBe("+2.1");
    expect(changeOf("wait", -30, english)).toBe("−30 s");
    expect(changeOf("penalty", 0, english)).toBe("±€0");
    expect(changeOf("wait", -0.01, english)).toBe("±0 s");
  });
  test("are better or worse only where the whole interval says so", () => {
    expect(effectOf("service_level", figure(0.02, 0.01))).toBe("better");
    expect(effectOf("wait", figure(5, 1))).toBe("worse");
    expect(effectOf("wait", figure(5, 6))).toBe("unclear");
    expect(effectOf("occupancy", figure(0.2, 0.01))).toBe("unclear");
    expect(effectOf("penalty", figure(0, 0))).toBe("none");
  });
  test("tell a week that the simulator could have made from one that it could not", () => {
    const before = { service_level: figure(0.8, 0.02) } as unknown as Figures;
    const recorded = (service_level: number) => ({ service_level }) as PlainFigures;
    expect([0.83, 0.9, 0.7].map((each) => calibration("service_level", recorded(each), before))).toEqual(["inside", "above", "below"]);
  });
});
