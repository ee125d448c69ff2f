import { useQueryClient } from "@tanstack/react-query";

import { Sessions } from "../../shared/account/Sessions";
import { TwoStep, type TwoStepWords } from "../../shared/account/TwoStep";
import { useShared } from "../../shared/i18n/use";
import { refreshMe, useMe } from "../session";
import { PageHead } from "../shell/Shell";
import { useWords, type Key } from "../words/load";

const STEPS = {
  on: "two_step.on",
  off: "two_step.off",
  start: "two_step.start",
  step: "two_step.step",
  qr: "two_step.qr",
  key: "two_step.key",
  open: "two_step.open",
  code: "sign_in.code",
  wrongCode: "sign_in.wrong_code",
  turnOn: "two_step.turn_on",
  turnOff: "two_step.turn_off",
  done: "two_step.done",
  gone: "two_step.gone",
  recovery: "two_step.recovery",
  recoveryText: "two_step.recovery_text",
  newCodes: "two_step.new_codes",
  prove: "two_step.prove",
  password: "sign_in.password",
  wrong: "two_step.wrong_password",
  confirm: "sign_in.confirm",
  again: "two_step.again",
} as const satisfies Record<keyof TwoStepWords, Key>;

/** A second factor for one's own account. */
export function SecurityPage() {
  const say = useWords();
  const shared = useShared();
  const me = useMe();
  const client = useQueryClient();
  const words = Object.fromEntries(Object.entries(STEPS).map(([name, key]) => [name, say(key)])) as unknown as TwoStepWords;
  return (
    <>
      <PageHead title={say("two_step.title")} />
      <p className="pb-4 text-13 text-text-2">{me.email}</p>
      <TwoStep isOn={me.mfa_enabled} words={words} onChange={() => refreshMe(client)} />
      <h2 className="pt-8 pb-2 text-15 font-semibold">{shared("sessions.title")}</h2>
      <Sessions />
    </>
  );
}
