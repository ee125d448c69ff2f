import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";

import { IconButton } from "../../shared/components/Button";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Icon, type IconName } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../shared/components/Menu";
import { Failure, Skeleton } from "../../shared/components/States";
import { LANGUAGES } from "../../shared/i18n/start";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { keptTheme, THEMES, wear } from "../../shared/theme/theme";
import { Waiting } from "../approvals/Waiting";
import { useLive } from "../live";
import { signOut, speakAs, useMe, useShop } from "../session";
import { useWords, type Key } from "../words/load";

const SECTIONS: { to: "/" | "/conversations" | "/approvals" | "/reports" | "/contract" | "/evaluations" | "/disputes" | "/invoices"; icon: IconName; key: Key; wideOnly?: boolean }[] = [
  { to: "/", icon: "floor", key: "nav.overview" },
  { to: "/conversations", icon: "inbox", key: "nav.conversations" },
  { to: "/approvals", icon: "check", key: "nav.approvals" },
  { to: "/reports", icon: "file", key: "nav.reports" },
  // At the thumb there is room for five; the overview leads here too.
  { to: "/contract", icon: "form", key: "nav.contract", wideOnly: true },
  { to: "/evaluations", icon: "score", key: "nav.quality", wideOnly: true },
  { to: "/disputes", icon: "scales", key: "nav.disputes", wideOnly: true },
  { to: "/invoices", icon: "invoice", key: "nav.invoices" },
];

/** The frame: a rail on wide screens, a bar at the thumb on a phone. */
export function Shell() {
  const say = useWords();
  const shop = useShop();
  useLive();
  return (
    <div style={wearing(shop)} className="min-h-dvh pb-20 lg:grid lg:grid-cols-[232px_minmax(0,1fr)] lg:pb-0">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-24 rounded bg-surface-1 px-4 py-3 shadow-float not-focus:opacity-0 focus:translate-y-0"
      >
        {say("skip")}
      </a>
      <header className="flex items-center gap-3 border-b border-line bg-surface-2 px-4 py-2 lg:sticky lg:top-0 lg:h-dvh lg:flex-col lg:items-stretch lg:gap-6 lg:border-r lg:border-b-0 lg:px-3 lg:py-5">
        <div className="flex min-w-0 flex-1 items-center gap-2.5 lg:flex-none lg:px-2">
          <ClientTile client={shop} />
          <div className="min-w-0">
            <p className="truncate font-semibold">{shop.name}</p>
            <p className="hidden text-13 text-text-2 lg:block">{say("product")}</p>
          </div>
        </div>
        <nav
          aria-label={say("nav.label")}
          className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface-1 lg:static lg:flex lg:flex-1 lg:flex-col lg:gap-0.5 lg:border-0 lg:bg-transparent"
        >
          {SECTIONS.map(({ to, icon, key, wideOnly }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              className={cx(
                wideOnly ? "hidden lg:flex" : "flex",
                "min-h-14 min-w-0 flex-auto flex-col items-center justify-center gap-1 rounded px-1 text-12 text-text-2 hover:text-text-1 data-[status=active]:font-semibold data-[status=active]:text-text-1 lg:min-h-9 lg:flex-none lg:flex-row lg:justify-start lg:gap-2.5 lg:px-2 lg:text-13 lg:hover:bg-surface-3 lg:data-[status=active]:bg-surface-4",
              )}
            >
              <span className="relative">
                <Icon name={icon} size={18} />
                {to === "/approvals" && <Waiting small />}
              </span>
              <span className="max-w-full truncate">{say(key)}</span>
              {to === "/approvals" && <Waiting />}
            </Link>
          ))}
        </nav>
        <Account />
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        <OfflineBanner />
        <div className="mx-auto w-full max-w-[1080px] px-4 py-6 sm:px-8 lg:py-10">
          <Outlet />
        </div>
      </main>
    </div>
  );
}

function Account() {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [theme, setTheme] = useState(keptTheme);

  async function leave() {
    await signOut(client);
    await navigate({ to: "/sign-in" });
  }

  return (
    <Menu
      label={say("account.label")}
      trigger={
        <button
          type="button"
          aria-label={`${say("account.label")}: ${me.name}`}
          className="tap flex items-center gap-2 rounded px-2 text-left text-13 hover:bg-surface-3"
        >
          <Icon name="person" size={18} className="text-text-2" />
          <span className="hidden min-w-0 flex-1 truncate lg:block">{me.name}</span>
          <Icon name="down" size={14} className="text-text-3" />
        </button>
      }
    >
      <MenuLabel>{me.email}</MenuLabel>
      <MenuLine />
      <MenuLabel>{say("account.language")}</MenuLabel>
      {LANGUAGES.map((code) => (
        <MenuItem key={code} marked={code === language} onPick={() => void speakAs(code, client)}>
          <span lang={code}>{code === "es" ? "Español" : "English"}</span>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuLabel>{say("account.theme")}</MenuLabel>
      {THEMES.map((each) => (
        <MenuItem
          key={each}
          marked={each === theme}
          onPick={() => {
            wear(each);
            setTheme(each);
          }}
        >
          {say(`theme.${each}`)}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<Icon name="person" />} onPick={() => void navigate({ to: "/security" })}>
        {say("two_step.title")}
      </MenuItem>
      <MenuItem icon={<Icon name="out" />} onPick={() => void leave()}>
        {say("account.sign_out")}
      </MenuItem>
    </Menu>
  );
}

function OfflineBanner() {
  const shared = useShared();
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const note = () => setOnline(navigator.onLine);
    window.addEventListener("online", note);
    window.addEventListener("offline", note);
    return () => {
      window.removeEventListener("online", note);
      window.removeEventListener("offline", note);
    };
  }, []);
  if (online) return null;
  return (
    <p role="status" className="flex items-center gap-2 bg-warn-soft px-4 py-2 text-13 sm:px-8">
      <Icon name="wifi_off" className="text-warn" />
      <span>
        <strong className="font-semibold">{shared("offline.title")}.</strong> {shared("offline.text")}
      </span>
    </p>
  );
}

/** The head of a page: what it is, and what can be chosen for all of it. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  const { name } = useShop();
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 pb-6">
      <h1 className="text-24 font-semibold tracking-tight">{title}</h1>
      {children}
    </div>
  );
}

export function Starting() {
  return (
    <div className="mx-auto max-w-xl pt-24">
      <Skeleton />
    </div>
  );
}

export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <div className="pt-16">
      <Failure error={error} retry={() => void router.invalidate()} />
    </div>
  );
}

export function Lost() {
  const say = useWords();
  return (
    <div className="grid place-items-center pt-24">
      <Link to="/" className="opens tap inline-flex items-center">
        {say("nav.overview")}
      </Link>
    </div>
  );
}

export function StepButton({ label, icon, onClick, disabled }: { label: string; icon: IconName; onClick: () => void; disabled?: boolean }) {
  return (
    <IconButton label={label} onClick={onClick} disabled={disabled} className="size-11">
      <Icon name={icon} />
    </IconButton>
  );
}
