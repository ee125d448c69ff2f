import { expect, test } from "vitest";

import { cefr, languageOf, shopOf } from "./levels";

test("levels have the names of the European framework", () => {
  expect([1, 2, 3, 4, 5].map((level) => cefr(level, "native"))).toEqual(["A1", "A2", "B1", "B2", "C1 / native"]);
});

test("codes say what they are of", () => {
  expect([languageOf("lang:it"), languageOf("product:it")]).toEqual(["it", undefined]);
  expect([shopOf("product:acme:returns"), shopOf("product:returns"), shopOf("lang:it")]).toEqual(["acme", undefined, undefined]);
});
