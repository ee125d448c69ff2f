import { expect, test } from "vitest";

import { matching } from "./match";

const ROWS = [
  { name: "Reso gratuito", text: "Può rendere le scarpe entro 30 giorni" },
  { name: "Dov'è l'ordine", text: "Il pacco è partito: reso possibile" },
  { name: "Città", text: "Consegna a Milano" },
];
const names = (asked: string) => matching(ROWS, asked).map((row) => row.name);

test("names come before texts, and accents do not matter", () => {
  expect(names("reso")).toEqual(["Reso gratuito", "Dov'è l'ordine"]);
  expect(names("citta")).toEqual(["Città"]);
  expect(names("puo 30")).toEqual(["Reso gratuito"]);
  expect(names("dove ordine")).toEqual(["Dov'è l'ordine"]);
  expect(names("nothing")).toEqual([]);
  expect(names(" ")).toHaveLength(3);
});
