import { useState, type FormEvent } from "react";

import * as allauth from "../api/allauth";
import { ApiError } from "../api/http";
import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { toast } from "../components/Toast";
import { useShared } from "../i18n/use";

/** The words of this part, as the console says them to staff and the portal to clients. */
export interface TwoStepWords {
  on: string;
  off: string;
  start: string;
  step: string;
  qr: string;
  key: string;
  open: string;
  code: string;
  wrongCode: string;
  turnOn: string;
  turnOff: string;
  done: string;
  gone: string;
  recovery: string;
  recoveryText: string;
  newCodes: string;
  prove: string;
  password: string;
  wrong: string;
  confirm: string;
  again: string;
}

type Words = { words: TwoStepWords };
type Step = { at: "rest" } | { at: "prove"; then: () => Promise<void> } | { at: "set"; secret: string; url: string } | { at: "codes"; codes: string[] };

/** Two-step sign-in: set up with an authenticator app, turned off, and the recovery codes. */
export function TwoStep({ isOn, words, onChange }: Words & { isOn: boolean; onChange: () => Promise<unknown> }) {
  const shared = useShared();
  const [step, setStep] = useState<Step>({ at: "rest" });

  /** Runs a step; where allauth wants the password again, asks for it and goes on. */
  const run = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (error instanceof ApiError && error.code === "reauthenticate") setStep({ at: "prove", then: act });
      else toast(error instanceof ApiError && !error.offline ? words.again : shared("offline.title"), { kind: "risk" });
    }
  };
  const start = () =>
    run(async () => {
      const key = await allauth.totpKey();
      setStep(key ? { at: "set", ...key } : { at: "rest" });
    });
  const turnOff = () =>
    run(async () => {
      await allauth.turnOffTotp();
      setStep({ at: "rest" });
      await onChange();
      toast(words.gone);
    });
  /** False if the code is wrong. */
  const turnOn = async (code: string) => {
    let isRight = true;
    await run(async () => {
      isRight = await allauth.turnOnTotp(code);
      if (!isRight) return;
      setStep({ at: "codes", codes: await allauth.recoveryCodes() });
      await onChange();
      toast(words.done);
    });
    return isRight;
  };
  const showCodes = () =>
    run(async () => {
      setStep({ at: "codes", codes: await allauth.newRecoveryCodes() });
    });

  if (step.at === "prove") return <Prove words={words} onProven={() => void run(step.then)} />;
  if (step.at === "set") return <SetUp words={words} secret={step.secret} url={step.url} turnOn={turnOn} />;
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-text-2">{isOn ? words.on : words.off}</p>
      {step.at === "codes" && step.codes.length > 0 && <Codes words={words} codes={step.codes} />}
      {isOn ? (
        <span className="flex flex-wrap gap-2">
          {step.at !== "codes" && <Button onClick={() => void showCodes()}>{words.newCodes}</Button>}
          <Button kind="risk" onClick={() => void turnOff()}>
            {words.turnOff}
          </Button>
        </span>
      ) : (
        <Button onClick={() => void start()}>{words.start}</Button>
      )}
    </div>
  );
}

function Prove({ words, onProven }: Words & { onProven: () => void }) {
  const [password, setPassword] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const outcome = await allauth.proveAgain(password).catch(() => "wrong" as const);
    if (outcome === "in") onProven();
    else setIsWrong(true);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-w-72 flex-col items-start gap-3">
      <p className="text-text-2">{words.prove}</p>
      <TextField label={words.password} type="password" autoComplete="current-password" required autoFocus value={password} error={isWrong ? words.wrong : ""} onChange={(event) => setPassword(event.target.value)} />
      <Button type="submit">{words.confirm}</Button>
    </form>
  );
}

interface SetUpProps extends Words {
  secret: string;
  url: string;
  turnOn: (code: string) => Promise<boolean>;
}

function SetUp({ words, secret, url, turnOn }: SetUpProps) {
  const [code, setCode] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsWrong(!(await turnOn(code.replace(/\s/g, ""))));
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-w-96 flex-col items-start gap-3">
      <p className="text-text-2">{words.step}</p>
      <img src="/api/me/totp.svg" alt={words.qr} className="size-40 rounded border border-line bg-white p-2" />
      <div>
        <p className="text-12 text-text-3">{words.key}</p>
        <p className="num text-13 font-medium tracking-wider break-words select-all">{secret.match(/.{1,4}/g)?.join(" ")}</p>
        {url && (
          <a href={url} className="text-12 text-accent hover:underline">
            {words.open}
          </a>
        )}
      </div>
      <TextField label={words.code} inputMode="numeric" autoComplete="one-time-code" required autoFocus value={code} error={isWrong ? words.wrongCode : ""} onChange={(event) => setCode(event.target.value)} className="num tracking-widest" />
      <Button kind="primary" type="submit">
        {words.turnOn}
      </Button>
    </form>
  );
}

function Codes({ words, codes }: Words & { codes: string[] }) {
  return (
    <div className="rounded border border-line bg-surface-2 px-4 py-3">
      <p className="font-medium">{words.recovery}</p>
      <p className="mb-2 text-12 text-text-2">{words.recoveryText}</p>
      <ul className="num grid grid-cols-2 gap-x-6 select-all">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  );
}
