import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import * as allauth from "../../shared/api/allauth";
import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import { meQuery } from "../session";
import { useWords } from "../words/load";

type Step = { at: "rest" } | { at: "prove"; then: () => Promise<void> } | { at: "set"; secret: string; url: string } | { at: "codes"; codes: string[] };

/** Two-step sign-in: set up with an authenticator app, turned off, and the recovery codes. */
export function TwoStep({ isOn }: { isOn: boolean }) {
  const say = useWords();
  const shared = useShared();
  const client = useQueryClient();
  const [step, setStep] = useState<Step>({ at: "rest" });
  const refresh = () => client.refetchQueries({ queryKey: meQuery.queryKey });

  /** Runs a step; where allauth wants the password again, asks for it and goes on. */
  const run = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (error instanceof ApiError && error.code === "reauthenticate") setStep({ at: "prove", then: act });
      else toast(error instanceof ApiError && !error.offline ? say("account.again") : shared("offline.title"), { kind: "risk" });
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
      await refresh();
      toast(say("account.mfaGone"));
    });
  const turnedOn = async () => {
    setStep({ at: "codes", codes: await allauth.recoveryCodes() });
    await refresh();
    toast(say("account.mfaDone"));
  };

  if (step.at === "prove") return <Prove onProven={() => void run(step.then)} />;
  if (step.at === "set") return <SetUp secret={step.secret} url={step.url} onDone={() => void turnedOn()} />;
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-text-2">{say(isOn ? "account.mfaOn" : "account.mfaOff")}</p>
      {step.at === "codes" && step.codes.length > 0 && <Codes codes={step.codes} />}
      {isOn ? (
        <Button kind="risk" onClick={() => void turnOff()}>
          {say("account.mfaTurnOff")}
        </Button>
      ) : (
        <Button onClick={() => void start()}>{say("account.mfaStart")}</Button>
      )}
    </div>
  );
}

function Prove({ onProven }: { onProven: () => void }) {
  const say = useWords();
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
      <TextField label={say("account.password")} type="password" autoComplete="current-password" required autoFocus value={password} error={isWrong ? say("account.wrong") : ""} onChange={(event) => setPassword(event.target.value)} />
      <Button type="submit">{say("account.confirm")}</Button>
    </form>
  );
}

function SetUp({ secret, url, onDone }: { secret: string; url: string; onDone: () => void }) {
  const say = useWords();
  const [code, setCode] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isRight = await allauth.turnOnTotp(code.replace(/\s/g, "")).catch(() => false);
    if (isRight) onDone();
    else setIsWrong(true);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-w-96 flex-col items-start gap-3">
      <p className="text-text-2">{say("account.mfaStep")}</p>
      <div>
        <p className="text-12 text-text-3">{say("account.mfaKey")}</p>
        <p className="num text-15 font-medium tracking-wider break-all select-all">{secret.match(/.{1,4}/g)?.join(" ")}</p>
        {url && (
          <a href={url} className="text-12 text-accent hover:underline">
            {say("account.mfaOpen")}
          </a>
        )}
      </div>
      <TextField label={say("account.code")} inputMode="numeric" autoComplete="one-time-code" required autoFocus value={code} error={isWrong ? say("account.wrongCode") : ""} onChange={(event) => setCode(event.target.value)} className="num tracking-widest" />
      <Button kind="primary" type="submit">
        {say("account.mfaTurnOn")}
      </Button>
    </form>
  );
}

function Codes({ codes }: { codes: string[] }) {
  const say = useWords();
  return (
    <div className="rounded border border-line bg-surface-2 px-4 py-3">
      <p className="font-medium">{say("account.recovery")}</p>
      <p className="mb-2 text-12 text-text-2">{say("account.recoveryText")}</p>
      <ul className="num grid grid-cols-2 gap-x-6 select-all">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  );
}
