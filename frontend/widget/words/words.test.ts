import { expect, test } from "vitest";

import { LANGUAGES } from "../language";
import { refusalKey } from "../refusals";
import { en } from "./en";
import { fill, loadWords, speak, type Key } from "./index";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test.each(LANGUAGES)("%s has each text of the widget, with the same parameters", async (language) => {
  const words = await loadWords(language);
  expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(words)) {
    expect(text.trim(), key).not.toBe("");
    expect(names(text), key).toEqual(names(en[key as Key]));
  }
});

test("a parameter is filled in, an unknown one stays visible", async () => {
  expect(fill("{n} of {m}", { n: 1 })).toBe("1 of {m}");
  expect(speak(await loadWords("it"))("case_number", { number: "AC-0001" })).toBe("Caso AC-0001");
});

test("each reason that has a sentence is given it, any other the general one", () => {
  const said = Object.keys(en).filter((key) => key.startsWith("refused_"));
  expect(said.map((key) => refusalKey(key.replace("refused_", "")))).toEqual(said);
  expect(refusalKey("moon_phase")).toBe("file_refused");
});
