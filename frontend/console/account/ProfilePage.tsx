import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";

import { Sessions } from "../../shared/account/Sessions";
import { TwoStep, type TwoStepWords } from "../../shared/account/TwoStep";
import { SelectField } from "../../shared/components/Field";
import { ClientTile } from "../../shared/components/ClientTile";
import { Page } from "../../shared/components/Page";
import { toast } from "../../shared/components/Toast";
import { asLanguage, LANGUAGES, speak } from "../../shared/i18n/start";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { keptTheme, THEMES, wear, type Theme } from "../../shared/theme/theme";
import { asInstant } from "../../shared/time/words";
import { changeMe } from "../api";
import { useTry } from "../desk/actions";
import { meQuery, mustSetUp, refreshMe, suit, useMe } from "../session";
import { useWords, type Key } from "../words/load";

export function ProfilePage() {
  const say = useWords();
  const shared = useShared();
  const me = useMe();
  return (
    <Page title={say("account.profile")}>
      <div className="max-w-xl">
        <Part title={me.name}>
          <p className="text-text-2">{me.email}</p>
          <p className="mt-1 text-text-2">{me.roles.length ? me.roles.map((role) => say(`account.roles.${role}`)).join(" · ") : say("account.noRole")}</p>
          {me.clients.length > 0 && (
            <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-2" aria-label={say("account.serves")}>
              {me.clients.map((client) => (
                <li key={client.id} className="flex items-center gap-2">
                  <ClientTile client={client} />
                  {client.name}
                </li>
              ))}
            </ul>
          )}
        </Part>
        <Part title={say("account.look")}>
          <Look />
        </Part>
        <Part title={say("account.security")}>
          <Asked />
          <Security />
        </Part>
        <Part title={shared("sessions.title")}>
          <Sessions />
        </Part>
      </div>
    </Page>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-b border-line py-5 first:pt-1 last:border-0">
      <h2 className="mb-2 text-15 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const STEPS = {
  on: "account.mfaOn",
  off: "account.mfaOff",
  start: "account.mfaStart",
  step: "account.mfaStep",
  qr: "account.mfaQr",
  key: "account.mfaKey",
  open: "account.mfaOpen",
  code: "account.code",
  wrongCode: "account.wrongCode",
  turnOn: "account.mfaTurnOn",
  turnOff: "account.mfaTurnOff",
  done: "account.mfaDone",
  gone: "account.mfaGone",
  recovery: "account.recovery",
  recoveryText: "account.recoveryText",
  newCodes: "account.newCodes",
  prove: "account.prove",
  password: "account.password",
  wrong: "account.wrongPassword",
  confirm: "account.confirm",
  again: "account.again",
} as const satisfies Record<keyof TwoStepWords, Key>;

function Asked() {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  if (!me.mfa_required_from) return null;
  const text = mustSetUp(me) ? say("account.mfaRequired") : say("account.mfaSoon", { day: asInstant(me.mfa_required_from, language) });
  return (
    <p role="status" className="mb-3 rounded bg-warn-soft px-3 py-2 text-13 text-warn">
      {text}
    </p>
  );
}

function Security() {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const words = Object.fromEntries(Object.entries(STEPS).map(([name, key]) => [name, say(key)])) as unknown as TwoStepWords;
  return <TwoStep isOn={me.mfa_enabled} words={words} onChange={() => refreshMe(client)} />;
}

function Look() {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const attempt = useTry();
  const client = useQueryClient();
  const [theme, setTheme] = useState<Theme>(keptTheme());
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  const change = async (what: Parameters<typeof changeMe>[0]) => {
    const changed = await attempt(() => changeMe(what));
    if (!changed) return;
    client.setQueryData(meQuery.queryKey, changed);
    await suit(changed);
    toast(say("account.saved"));
  };
  const pickLanguage = async (code: string) => {
    const language = asLanguage(code) ?? "en";
    await speak(language);
    await change({ language });
  };
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <SelectField label={say("shell.language")} value={language} onChange={(event) => void pickLanguage(event.target.value)}>
        {LANGUAGES.map((each) => (
          <option key={each} value={each}>
            {say(`shell.languages.${each}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={say("shell.theme")}
        value={theme}
        onChange={(event) => {
          wear(event.target.value as Theme);
          setTheme(event.target.value as Theme);
        }}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {say(`shell.themes.${each}`)}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("account.timeZone")} value={me.time_zone} onChange={(event) => void change({ time_zone: event.target.value })}>
        {(zones.includes(me.time_zone) ? zones : [me.time_zone, ...zones]).map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </SelectField>
    </div>
  );
}
