import type { ReactNode } from "react";

import { useShared } from "../i18n/use";
import { Forgotten, SetPassword } from "./Password";

interface Door {
  /** Whose door it is, where that is ours to say. */
  name?: string;
  /** A link to where one signs in; both doors have a router of their own. */
  back: (text: string) => ReactNode;
}

function Around({ name, children }: { name?: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface-2">
      <main className="m-auto w-full max-w-88 px-6 py-10">
        {name && <p className="mb-8 text-18 font-semibold tracking-tight">{name}</p>}
        {children}
      </main>
    </div>
  );
}

/** The pages of the two links of a forgotten or first password, for one door. */
export function passwordPages({ name, back }: Door) {
  function Back() {
    const say = useShared();
    return <span className="self-start text-13 text-text-2 underline underline-offset-2 hover:text-text-1">{back(say("password.back"))}</span>;
  }
  return {
    SetPasswordPage: () => (
      <Around name={name}>
        <SetPassword back={<Back />} />
      </Around>
    ),
    ForgottenPage: () => (
      <Around name={name}>
        <Forgotten back={<Back />} />
      </Around>
    ),
  };
}
