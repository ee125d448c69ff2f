import { useEffect, useState, type FormEvent, type ReactNode } from "react";

import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { useShared } from "../i18n/use";
import { askAnew, ownerOf, setPassword, tokenHere, type Owner } from "./password";

interface Around {
  /** Where one signs in. */
  back: ReactNode;
}

function Said({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded bg-risk-soft px-3 py-2 text-13 text-risk empty:hidden">
      {children}
    </p>
  );
}

/** Ask for a link; the answer is the same whether the address is known or not. */
export function Forgotten({ back }: Around) {
  const say = useShared();
  const [state, setState] = useState<"open" | "busy" | "sent" | "tooMany" | "unreachable">("open");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    setState("busy");
    const outcome = await askAnew(email);
    setState(outcome === "done" ? "sent" : outcome === "tooMany" ? "tooMany" : "unreachable");
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <h1 className="text-18 font-semibold">{say("password.forgotTitle")}</h1>
      {state === "sent" ? (
        <p role="status">{say("password.sent")}</p>
      ) : (
        <>
          <p className="text-13 text-text-2">{say("password.forgotText")}</p>
          <TextField className="h-9!" label={say("password.email")} name="email" type="email" autoComplete="username" required autoFocus />
          <Said>{(state === "tooMany" || state === "unreachable") && say(`password.${state}`)}</Said>
          <Button type="submit" kind="primary" disabled={state === "busy"} className="h-9!">
            {say("password.send")}
          </Button>
        </>
      )}
      {back}
    </form>
  );
}

/** Choose a password, by the link that stands in the address. */
export function SetPassword({ back }: Around) {
  const say = useShared();
  const [token] = useState(tokenHere);
  const [owner, setOwner] = useState<Owner | null>();
  const [problem, setProblem] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [isDone, setIsDone] = useState(false);
  useEffect(() => {
    history.replaceState(history.state, "", location.pathname);
    void ownerOf(token).then(setOwner);
  }, [token]);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsBusy(true);
    const { outcome, why } = await setPassword(token, String(new FormData(event.currentTarget).get("password")));
    setIsBusy(false);
    if (outcome === "done") setIsDone(true);
    else if (outcome === "gone") setOwner(null);
    else setProblem(outcome === "weak" ? why : say(`password.${outcome}`));
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <h1 className="text-18 font-semibold">{say("password.setTitle")}</h1>
      {owner === undefined && <p className="text-text-2">{say("loading")}</p>}
      {owner === null && <p role="alert">{say("password.gone")}</p>}
      {isDone && <p role="status">{say("password.done")}</p>}
      {owner && !isDone && (
        <>
          <p className="text-13 text-text-2">{say("password.setText", { name: owner.name, email: owner.email })}</p>
          <input type="text" name="username" autoComplete="username" value={owner.email} readOnly hidden />
          <TextField className="h-9!" label={say("password.new")} name="password" type="password" autoComplete="new-password" minLength={10} maxLength={128} required autoFocus />
          <Said>{problem}</Said>
          <Button type="submit" kind="primary" disabled={isBusy} className="h-9!">
            {say("password.save")}
          </Button>
        </>
      )}
      {back}
    </form>
  );
}
