import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Forgotten, SetPassword } from "../../shared/account/Password";
import { useShared } from "../../shared/i18n/use";

function Door({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface-2">
      <main className="m-auto w-full max-w-88 px-6 py-10">
        <p className="mb-8 text-18 font-semibold tracking-tight">Centralita</p>
        {children}
      </main>
    </div>
  );
}

function Back() {
  const say = useShared();
  return (
    <Link to="/sign-in" className="self-start text-13 text-text-2 underline underline-offset-2 hover:text-text-1">
      {say("password.back")}
    </Link>
  );
}

export function SetPasswordPage() {
  return (
    <Door>
      <SetPassword back={<Back />} />
    </Door>
  );
}

export function ForgottenPage() {
  return (
    <Door>
      <Forgotten back={<Back />} />
    </Door>
  );
}
