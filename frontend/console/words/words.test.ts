import { describe, expect, test } from "vitest";

import { pathsOf } from "../../shared/i18n/keys";
import { shared as sharedEn } from "../../shared/i18n/words/en";
import { shared as sharedEs } from "../../shared/i18n/words/es";
import { words as en } from "./en";
import { words as es } from "./es";

const textsOf = (tree: object): string[] =>
  Object.values(tree).flatMap((value) => (typeof value === "string" ? [value] : textsOf(value as object)));
const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort();

describe.each([
  ["console", en, es],
  ["shared", sharedEn, sharedEs],
])("%s words", (_name, english, spanish) => {
  test("have the same keys in both languages", () => {
    expect(pathsOf(spanish).sort()).toEqual(pathsOf(english).sort());
  });
  test("are all written", () => {
    expect([...textsOf(english), ...textsOf(spanish)].filter((text) => !text.trim())).toEqual([]);
  });
  test("ask for the same values", () => {
    const spanishTexts = new Map(pathsOf(spanish).map((path, place) => [path, textsOf(spanish)[place]!]));
    const englishTexts = textsOf(english);
    const differing = pathsOf(english).filter(
      (path, place) => holes(englishTexts[place]!).join() !== holes(spanishTexts.get(path)!).join(),
    );
    expect(differing).toEqual([]);
  });
});
