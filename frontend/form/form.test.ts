import { expect, test } from "vitest";

import { LANGUAGES } from "../widget/language";
import { check, fromServer, newDraft } from "./draft";
import { FORM_WORDS } from "./words";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test.each(LANGUAGES)("%s has each text of the form, with the same parameters", (language) => {
  expect(Object.keys(FORM_WORDS[language]).sort()).toEqual(Object.keys(FORM_WORDS.en).sort());
  for (const [key, text] of Object.entries(FORM_WORDS[language])) {
    expect(text.trim(), key).not.toBe("");
    expect(names(text), key).toEqual(names(FORM_WORDS.en[key as keyof typeof FORM_WORDS.en]));
  }
});

test("what is missing is named before anything is sent", () => {
  expect(check(newDraft(), 10, true)).toEqual({
    name: "required",
    email: "required",
    category: "required",
    text: "required",
  });
  const filled = { ...newDraft(), name: "Ada", email: "ada@shop", category: "order", text: "12345678901" };
  expect(check(filled, 10, true)).toEqual({ email: "email_odd", text: "text_too_long" });
  expect(check({ ...filled, email: "ada@shop.example", text: "hi" }, 10, true)).toEqual({});
});

test("the server's reasons land at their fields", () => {
  expect(fromServer({ email: "No.", _: "x" })).toEqual({ email: { said: "No." } });
});
