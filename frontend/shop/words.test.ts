import { expect, test } from "vitest";

import { LANGUAGES } from "../widget/language";
import { ARTICLES, kindOf } from "./catalogue";
import { SHOP_WORDS } from "./words";

test.each(LANGUAGES)("%s has each text of the shop page", (language) => {
  expect(Object.keys(SHOP_WORDS[language]).sort()).toEqual(Object.keys(SHOP_WORDS.en).sort());
  expect(Object.values(SHOP_WORDS[language]).filter((text) => !text.trim())).toEqual([]);
});

test("goods follow the shop's name", () => {
  expect(kindOf("Acme Shoes")).toBe("shoes");
  expect(kindOf("Northlight")).toBe("outdoor");
  expect(kindOf("Casa Verde")).toBe("home");
  for (const articles of Object.values(ARTICLES)) expect(articles).toHaveLength(4);
});
