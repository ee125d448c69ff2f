import { expect, test } from "vitest";

import { pathsOf } from "../../shared/i18n/keys";
import { words as en } from "./en";
import { words as es } from "./es";

const textsOf = (tree: object): string[] =>
  Object.values(tree).flatMap((value) => (typeof value === "string" ? [value] : textsOf(value as object)));
const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort();

test("English and Spanish have the same texts, all written, with the same parameters", () => {
  expect(pathsOf(es)).toEqual(pathsOf(en));
  expect(textsOf(es).filter((text) => !text.trim())).toEqual([]);
  expect(textsOf(es).map(holes)).toEqual(textsOf(en).map(holes));
});
