import { useState } from "preact/hooks";

import type { Offers, Promised } from "./contract";
import { nameInstant } from "./hours";
import type { Language } from "./language";
import { looksLikeMail } from "./mail";
import type { Talk } from "./talk";
import type { State } from "./talk_state";
import type { Key, Say } from "./words";

interface Props {
  talk: Talk;
  state: State;
  language: Language;
  say: Say;
  /** What the shopper said of themselves already. */
  email: string;
}

/** For who waits long, or came while nobody is there: a call or a mail instead, and the way back. */
export function Instead({ talk, state, language, say, email }: Props) {
  const [problem, setProblem] = useState<Key | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { promise, offers } = state;
  if (state.status === "closed" || state.hasLeft || (!promise && !offers)) return null;

  async function run(step: () => Promise<Key | null>) {
    if (isBusy) return;
    setIsBusy(true);
    setProblem(null);
    setProblem(await step());
    setIsBusy(false);
  }

  return (
    <section class="instead" aria-live="polite">
      {promise ? (
        <>
          <p>{describePromise(promise, language, say)}</p>
          {!state.agent && (
            <button type="button" class="link" disabled={isBusy} onClick={() => void run(() => talk.waitOn())}>
              {say("undo")}
            </button>
          )}
        </>
      ) : (
        offers && <Choice {...{ talk, offers, language, say, email, isBusy, run }} isLate={state.position !== null} onEdit={() => setProblem(null)} />
      )}
      {problem && (
        <p class="note problem" role="alert">
          {say(problem)}
        </p>
      )}
    </section>
  );
}

interface ChoiceProps {
  talk: Talk;
  offers: Offers;
  language: Language;
  say: Say;
  email: string;
  isBusy: boolean;
  isLate: boolean;
  onEdit: () => void;
  run: (step: () => Promise<Key | null>) => Promise<void>;
}

function Choice({ talk, offers, language, say, email, isBusy, isLate, onEdit, run }: ChoiceProps) {
  const [chosen, setChosen] = useState<"call" | "mail" | null>(null);
  const [phone, setPhone] = useState("");
  const [address, setAddress] = useState(email);
  const [window, setWindow] = useState(0);
  const times = offers.windows;

  if (chosen === null) {
    return (
      <>
        <p>{say(isLate ? "offer_title" : "offer_closed")}</p>
        <div class="choices">
          {times.length > 0 && (
            <button type="button" class="second" onClick={() => setChosen("call")}>
              {say("offer_callback")}
            </button>
          )}
          {offers.mail && (
            <button type="button" class="second" onClick={() => setChosen("mail")}>
              {say("offer_mail")}
            </button>
          )}
        </div>
      </>
    );
  }
  const time = times[Math.min(window, times.length - 1)];
  const isReady = chosen === "call" ? phone.trim() !== "" : address.trim() !== "" && looksLikeMail(address);
  return (
    <form
      onInput={onEdit}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        if (chosen === "mail") void run(() => talk.askForMail(address.trim()));
        else if (time) void run(() => talk.askForCall(phone, time));
      }}
    >
      {chosen === "call" ? (
        <>
          <label>
            {say("callback_phone")}
            <input type="tel" autocomplete="tel" maxLength={40} value={phone} onInput={(event) => setPhone(event.currentTarget.value)} />
          </label>
          <label>
            {say("callback_when")}
            <select value={window} onChange={(event) => setWindow(Number(event.currentTarget.value))}>
              {times.map((each, n) => (
                <option key={each.starts_at} value={n}>
                  {nameWindow(each, language)}
                </option>
              ))}
            </select>
          </label>
        </>
      ) : (
        <label>
          {say("your_email")}
          <input
            type="email"
            autocomplete="email"
            maxLength={254}
            value={address}
            aria-invalid={!looksLikeMail(address)}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
          {!looksLikeMail(address) && <span class="problem">{say("email_odd")}</span>}
        </label>
      )}
      <div class="choices">
        <button type="submit" class="primary" disabled={!isReady || isBusy}>
          {say(chosen === "call" ? "callback_send" : "mail_send")}
        </button>
        <button type="button" class="link" onClick={() => setChosen(null)}>
          {say("offer_wait")}
        </button>
      </div>
    </form>
  );
}

export function describePromise(promise: Promised, language: Language, say: Say): string {
  if (promise.kind === "mail") return say("promised_mail", { email: promise.email ?? "" });
  const { starts_at, ends_at } = promise;
  const time = starts_at && ends_at ? nameWindow({ starts_at, ends_at }, language) : "";
  return say("promised_callback", { phone: promise.phone ?? "", time });
}

/** "Monday 10:00 – 12:00", in the shopper's own zone. */
export function nameWindow(window: { starts_at: string; ends_at: string }, language: string, now = new Date(), timeZone?: string): string {
  const end = nameInstant(window.ends_at, language, new Date(window.ends_at), timeZone);
  return `${nameInstant(window.starts_at, language, now, timeZone)} – ${end}`;
}
