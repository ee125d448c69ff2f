import { expect, test } from "vitest";

import { choicesOf, type Reason } from "./reasons";

const reason = (code: string, status: Reason["status"]): Reason => ({ code, status, name: code, own_name: "", is_retired: false });

test("reasons stand under their state in the order in which they came", () => {
  const found = choicesOf([reason("lunch", "break"), reason("coaching", "training"), reason("rest", "break")]);
  expect(found.map((each) => [each.status, each.reasons.map(({ code }) => code)])).toEqual([
    ["busy", []],
    ["break", ["lunch", "rest"]],
    ["training", ["coaching"]],
  ]);
});
