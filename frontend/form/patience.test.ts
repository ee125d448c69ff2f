import { expect, test, vi } from "vitest";

import { Refused, Unreachable } from "../widget/api";
import { patiently } from "./patience";

const now = () => Promise.resolve();

test("the same is sent again while nothing answers, and it is said", async () => {
  const act = vi.fn().mockRejectedValueOnce(new Unreachable()).mockRejectedValueOnce(new Unreachable()).mockResolvedValue("case");
  const onWait = vi.fn();
  await expect(patiently(act, onWait, now)).resolves.toBe("case");
  expect([act.mock.calls.length, onWait.mock.calls.length]).toEqual([3, 2]);
});

test("a refusal is not repeated, and patience ends", async () => {
  const refused = vi.fn().mockRejectedValue(new Refused(400, "invalid", ""));
  await expect(patiently(refused, () => undefined, now)).rejects.toBeInstanceOf(Refused);
  expect(refused).toHaveBeenCalledTimes(1);
  const away = vi.fn().mockRejectedValue(new Unreachable());
  await expect(patiently(away, () => undefined, now)).rejects.toBeInstanceOf(Unreachable);
  expect(away).toHaveBeenCalledTimes(6);
});
