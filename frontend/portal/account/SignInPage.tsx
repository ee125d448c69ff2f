import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { giveCode, signIn, signOut, type Outcome } from "../../shared/api/allauth";
import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { TextField } from "../../shared/components/Field";
import { LANGUAGES, speak } from "../../shared/i18n/start";
import { useLanguage, useShared } from "../../shared/i18n/use";
import * as api from "../api";
import { isClient, meQuery } from "../session";
import { useWords, type Key } from "../words/load";

/** Sign-in at the shop's own door, with its name and colour; a second step if the account has one. */
export function SignInPage() {
  const say = useWords();
  const search = useSearch({ from: "/sign-in" });
  const shop = useQuery({ queryKey: ["shop"], queryFn: api.shop }).data;
  const [asksCode, setAsksCode] = useState(false);
  const [problem, setProblem] = useState<Key | null>(search.elsewhere ? "sign_in.elsewhere" : null);
  const [isBusy, setIsBusy] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();

  async function take(step: () => Promise<Outcome>, wrong: Key) {
    setIsBusy(true);
    setProblem(null);
    try {
      const outcome = await step();
      if (outcome === "in") return await enter();
      if (outcome === "code") setAsksCode(true);
      else setProblem(outcome === "locked" ? "sign_in.locked" : wrong);
    } catch (error) {
      setProblem(error instanceof ApiError && !error.offline ? "sign_in.elsewhere" : "sign_in.offline");
    } finally {
      setIsBusy(false);
    }
  }

  async function enter() {
    client.removeQueries({ queryKey: meQuery.queryKey });
    const me = await api.me();
    if (!isClient(me)) {
      await signOut();
      return setProblem("sign_in.elsewhere");
    }
    client.setQueryData(meQuery.queryKey, me);
    await navigate({ href: search.to ?? "/portal/", replace: true });
  }

  return (
    <div style={shop && wearing(shop)} className="flex min-h-dvh flex-col items-center bg-surface-2 px-4 py-12 sm:justify-center">
      <main className="w-full max-w-[400px]">
        {shop && (
          <div className="flex items-center gap-2.5 pb-6">
            <ClientTile client={shop} />
            <span className="font-semibold">{shop.name}</span>
          </div>
        )}
        <div className="rounded border border-line bg-surface-1 p-6 sm:p-8">
          {asksCode ? (
            <CodeStep {...{ isBusy }} onCode={(code) => take(() => giveCode(code), "sign_in.wrong_code")} onBack={() => setAsksCode(false)} />
          ) : (
            <PasswordStep
              {...{ isBusy }}
              title={shop ? say("sign_in.title", { shop: shop.name }) : say("sign_in.title_plain")}
              onSignIn={(email, password) => take(() => signIn(email, password), "sign_in.wrong")}
            />
          )}
          <p role="alert" className="pt-4 text-13 text-risk empty:hidden">
            {problem && say(problem)}
          </p>
        </div>
        <Languages />
      </main>
    </div>
  );
}

interface PasswordProps {
  title: string;
  isBusy: boolean;
  onSignIn: (email: string, password: string) => void;
}

function PasswordStep({ title, isBusy, onSignIn }: PasswordProps) {
  const say = useWords();
  const shared = useShared();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    onSignIn(String(given.get("email")).trim(), String(given.get("password")));
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div>
        <h1 className="text-18 font-semibold">{title}</h1>
        <p className="pt-1 text-13 text-text-2">{say("sign_in.intro")}</p>
      </div>
      <TextField className="h-11 text-15" label={say("sign_in.email")} name="email" type="email" autoComplete="username" required autoFocus />
      <TextField className="h-11 text-15" label={say("sign_in.password")} name="password" type="password" autoComplete="current-password" required />
      <Button type="submit" kind="client" disabled={isBusy} className="h-11 text-15">
        {say("sign_in.submit")}
      </Button>
      <Link to="/forgotten" className="self-start text-13 text-text-2 underline underline-offset-2 hover:text-text-1">
        {shared("password.forgot")}
      </Link>
    </form>
  );
}

function CodeStep({ isBusy, onCode, onBack }: { isBusy: boolean; onCode: (code: string) => void; onBack: () => void }) {
  const say = useWords();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onCode(String(new FormData(event.currentTarget).get("code")).replace(/\s/g, ""));
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div>
        <h1 className="text-18 font-semibold">{say("sign_in.code_title")}</h1>
        <p className="pt-1 text-13 text-text-2">{say("sign_in.code_text")}</p>
      </div>
      <TextField className="h-11 text-15" label={say("sign_in.code")} name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus />
      <div className="flex gap-2">
        <Button className="h-11 text-15" onClick={onBack}>
          {say("sign_in.back")}
        </Button>
        <Button type="submit" kind="client" disabled={isBusy} className="h-11 flex-1 text-15">
          {say("sign_in.confirm")}
        </Button>
      </div>
    </form>
  );
}

function Languages() {
  const language = useLanguage();
  return (
    <p className="flex gap-1 pt-3">
      {LANGUAGES.map((code) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={code === language}
          onClick={() => void speak(code)}
          className="tap rounded px-2 text-13 text-text-2 hover:text-text-1 aria-pressed:font-semibold aria-pressed:text-text-1"
        >
          {code === "es" ? "Español" : "English"}
        </button>
      ))}
    </p>
  );
}
