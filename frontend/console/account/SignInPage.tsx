import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent, type ReactNode } from "react";

import * as allauth from "../../shared/api/allauth";
import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { LANGUAGES, speak } from "../../shared/i18n/start";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { keptTheme, THEMES, wear } from "../../shared/theme/theme";
import { door as describeDoor } from "../api";
import { meQuery } from "../session";
import { useDesk } from "../desk/store";
import { useWords, type Key } from "../words/load";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const say = useWords();
  const wasIn = useDesk((state) => state.link === "refused");
  const sign = useSignIn();
  return (
    <div className="flex min-h-dvh flex-col bg-surface-2">
      <main className="m-auto w-full max-w-88 px-6 py-10">
        <p className="mb-8 flex items-center gap-2.5 text-18 font-semibold tracking-tight">
          <Mark />
          Centralita
        </p>
        {sign.step === "code" ? <CodeForm sign={sign} /> : <PasswordForm sign={sign} notice={wasIn ? say("shell.elsewhere") : ""} />}
      </main>
      <NoSecondFactor />
      <Choices />
    </div>
  );
}

/** A switchboard: two rows of jacks, one of them connected. */
function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden>
      <rect x="0.75" y="0.75" width="22.5" height="22.5" rx="5" fill="var(--text-1)" />
      <path d="M7 8c0 6 10 2 10 8" fill="none" stroke="var(--surface-1)" strokeWidth="2" strokeLinecap="round" />
      <circle cx="7" cy="7.4" r="2.2" fill="var(--surface-1)" />
      <circle cx="17" cy="16.6" r="2.2" fill="var(--surface-1)" />
      <circle cx="17" cy="7.4" r="1.4" fill="var(--surface-1)" opacity="0.45" />
      <circle cx="7" cy="16.6" r="1.4" fill="var(--surface-1)" opacity="0.45" />
    </svg>
  );
}

type Problem = "" | "wrong" | "locked" | "wrongCode" | "unreachable";

function useSignIn() {
  const [step, setStep] = useState<"password" | "code">("password");
  const [problem, setProblem] = useState<Problem>("");
  const [isBusy, setIsBusy] = useState(false);
  const client = useQueryClient();
  const router = useRouter();
  const { to } = route.useSearch();
  const run = async (ask: () => Promise<allauth.Outcome>, wrong: Problem) => {
    setIsBusy(true);
    setProblem("");
    try {
      const outcome = await ask();
      if (outcome === "in") return await enter();
      if (outcome === "code") setStep("code");
      if (outcome === "code" && wrong !== "wrongCode") return;
      setProblem(outcome === "locked" ? "locked" : wrong);
    } catch {
      setProblem("unreachable");
    } finally {
      setIsBusy(false);
    }
  };
  const enter = async () => {
    useDesk.setState({ link: "opening" });
    client.removeQueries({ queryKey: meQuery.queryKey });
    await router.navigate({ href: to?.startsWith("/") && !to.startsWith("//") ? to : "/" });
  };
  useEffect(() => {
    void allauth.whoIsIn().then((outcome) => (outcome === "in" ? enter() : outcome === "code" && setStep("code")), () => undefined);
  }, []);
  return {
    step,
    problem,
    isBusy,
    give: (email: string, password: string) => run(() => allauth.signIn(email, password), "wrong"),
    confirm: (code: string) => run(() => allauth.giveCode(code), "wrongCode"),
    startOver: () => {
      void allauth.signOut().catch(() => undefined);
      setProblem("");
      setStep("password");
    },
  };
}

type Sign = ReturnType<typeof useSignIn>;

const PROBLEMS: Record<Exclude<Problem, "">, Key> = {
  wrong: "account.wrong",
  locked: "account.locked",
  wrongCode: "account.wrongCode",
  unreachable: "account.unreachable",
};

function Form({ title, text, sign, onSubmit, children }: { title: string; text: string; sign: Sign; onSubmit: () => void; children: ReactNode }) {
  const say = useWords();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div>
        <h1 className="text-24 font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 text-13 text-text-2">{text}</p>
      </div>
      {children}
      {sign.problem && (
        <p role="alert" className="rounded bg-risk-soft px-3 py-2 text-13 text-risk">
          {say(PROBLEMS[sign.problem])}
        </p>
      )}
    </form>
  );
}

function PasswordForm({ sign, notice }: { sign: Sign; notice: string }) {
  const say = useWords();
  const shared = useShared();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Form title={say("account.signIn")} text={notice || say("account.signInText")} sign={sign} onSubmit={() => void sign.give(email.trim(), password)}>
      <TextField label={say("account.email")} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.target.value)} className="h-9!" />
      <TextField label={say("account.password")} type="password" name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} className="h-9!" />
      <Button kind="primary" type="submit" disabled={sign.isBusy} className="h-9!">
        {say("account.signIn")}
      </Button>
      <Link to="/forgotten" className="self-start text-13 text-text-2 underline underline-offset-2 hover:text-text-1">
        {shared("password.forgot")}
      </Link>
    </Form>
  );
}

function CodeForm({ sign }: { sign: Sign }) {
  const say = useWords();
  const [code, setCode] = useState("");
  return (
    <Form title={say("account.codeTitle")} text={say("account.codeText")} sign={sign} onSubmit={() => void sign.confirm(code.replace(/\s/g, ""))}>
      <TextField label={say("account.code")} name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus value={code} onChange={(e) => setCode(e.target.value)} className="num h-9! tracking-widest" />
      <Button kind="primary" type="submit" disabled={sign.isBusy} className="h-9!">
        {say("account.confirm")}
      </Button>
      <Button kind="quiet" onClick={sign.startOver}>
        {say("account.startOver")}
      </Button>
    </Form>
  );
}

/** For operators: the demo asks nobody for a code, and nothing real should run like that. */
function NoSecondFactor() {
  const say = useWords();
  const door = useQuery({ queryKey: ["door"], queryFn: describeDoor, retry: false, staleTime: Infinity });
  if (!door.data?.second_factor_off) return null;
  return <p className="mx-auto max-w-88 px-6 pb-6 text-center text-12 text-text-3">{say("account.noSecondFactor")}</p>;
}

function Choices() {
  const say = useWords();
  const language = useLanguage();
  const [theme, setTheme] = useState(keptTheme());
  const pick = "rounded-sm px-1 text-12 text-text-2 hover:text-text-1 aria-pressed:font-semibold aria-pressed:text-text-1";
  return (
    <footer className="flex flex-wrap justify-center gap-x-6 gap-y-2 px-6 pb-6">
      <div className="flex gap-2" role="group" aria-label={say("shell.language")}>
        {LANGUAGES.map((each) => (
          <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => void speak(each)} className={pick}>
            {say(`shell.languages.${each}`)}
          </button>
        ))}
      </div>
      <div className="flex gap-2" role="group" aria-label={say("shell.theme")}>
        {THEMES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === theme}
            onClick={() => {
              wear(each);
              setTheme(each);
            }}
            className={pick}
          >
            {say(`shell.themes.${each}`)}
          </button>
        ))}
      </div>
    </footer>
  );
}
