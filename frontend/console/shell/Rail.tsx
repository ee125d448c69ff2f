import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, type LinkProps } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import { Icon, type IconName } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../shared/components/Menu";
import { LANGUAGES, speak } from "../../shared/i18n/start";
import { useLanguage } from "../../shared/i18n/use";
import type { Me } from "../../shared/model";
import { keptTheme, THEMES, wear } from "../../shared/theme/theme";
import { mentionsQuery } from "../desk/mentions";
import { useDesk } from "../desk/store";
import { changeMe } from "../api";
import { heldUpQuery } from "../operator/heldUp";
import { openDisputesQuery } from "../operator/disputes";
import { has, signOut, useMe } from "../session";
import { useWords, type Key } from "../words/load";
import { useLooks } from "./looks";
import { setSound, useSound } from "./sound";

interface Place {
  to: LinkProps["to"];
  icon: IconName;
  name: Key;
  exact?: boolean;
}

/** Where this person may go, by role. */
export function placesOf(me: Me): Place[] {
  const places: (Place | false)[] = [
    has(me, "agent") && { to: "/", icon: "inbox", name: "shell.places.desk", exact: true },
    has(me, "supervisor", "operator") && { to: "/floor", icon: "floor", name: "shell.places.floor" },
    has(me, "supervisor", "operator") && { to: "/finished", icon: "finished", name: "shell.places.finished" },
    has(me, "supervisor") && { to: "/to-evaluate", icon: "check", name: "quality.tabs.toEvaluate" },
    has(me, "supervisor", "operator") && { to: "/planning", icon: "plan", name: "shell.places.planning" },
    has(me, "agent", "supervisor") && { to: "/mentions", icon: "at", name: "shell.places.mentions" },
    has(me, "agent", "supervisor") && {
      to: "/evaluations",
      icon: "score",
      name: has(me, "supervisor") ? "shell.places.allEvaluations" : "shell.places.evaluations",
    },
    has(me, "supervisor", "operator") && { to: "/customers", icon: "person", name: "shell.places.customers" },
    has(me, "supervisor", "operator") && { to: "/topics", icon: "tag", name: "shell.places.topics" },
    has(me, "supervisor", "operator") && { to: "/playbook", icon: "book", name: "shell.places.playbook" },
    has(me, "operator") && { to: "/billing", icon: "invoice", name: "shell.places.billing" },
    has(me, "operator") && { to: "/shops", icon: "shop", name: "shell.places.shops" },
    has(me, "operator") && { to: "/people", icon: "people", name: "shell.places.people" },
    has(me, "operator") && { to: "/held-up", icon: "warn", name: "shell.places.heldUp" },
    has(me, "operator") && { to: "/disputes", icon: "scales", name: "shell.places.disputes" },
    has(me, "operator") && { to: "/audit", icon: "note", name: "shell.places.audit" },
  ];
  return places.filter((place) => place !== false);
}

const SPOT =
  "relative flex items-center justify-center rounded text-text-2 transition-colors duration-(--quick) size-9 " +
  "hover:bg-surface-4 hover:text-text-1 aria-[current=page]:bg-surface-4 aria-[current=page]:text-text-1";

export function Rail() {
  const say = useWords();
  const me = useMe();
  const unreadScores = useDesk((state) => state.desk?.evaluations_unread ?? 0);
  const heldUp = useQuery({ ...heldUpQuery, enabled: has(me, "operator") });
  const disputes = useQuery({ ...openDisputesQuery, enabled: has(me, "operator") });
  const named = useQuery({ ...mentionsQuery, enabled: has(me, "agent", "supervisor") });
  const news: Partial<Record<IconName, number>> = { score: unreadScores, warn: heldUp.data?.total, scales: disputes.data?.counts.open, at: named.data?.unread };
  const newAt = (icon: IconName) => news[icon] ?? 0;
  const nameOf = (place: Place) => (newAt(place.icon) ? say("shell.placeWith", { place: say(place.name), count: newAt(place.icon) }) : say(place.name));
  return (
    <nav
      aria-label={say("shell.nav")}
      className="flex shrink-0 items-center gap-1 border-line bg-surface-3 max-md:h-12 max-md:justify-around max-md:border-t max-md:px-2 md:w-12 md:flex-col md:border-r md:py-2"
    >
      {placesOf(me).map((place) => (
        <Link
          key={place.to}
          to={place.to!}
          activeOptions={{ exact: place.exact, includeSearch: false }}
          aria-label={nameOf(place)}
          title={nameOf(place)}
          className={SPOT}
        >
          <Icon name={place.icon} size={18} />
          {newAt(place.icon) > 0 && <Dot />}
        </Link>
      ))}
      <div className="md:mt-auto" />
      <button type="button" className={SPOT} aria-label={say("shell.palette")} title={`${say("shell.palette")} · Ctrl K`} onClick={() => useLooks.setState({ palette: true })}>
        <Icon name="search" size={18} />
      </button>
      <button type="button" className={cx(SPOT, "max-md:hidden")} aria-label={say("shell.keysTitle")} title={`${say("shell.keysTitle")} · ?`} onClick={() => useLooks.setState({ keys: true })}>
        <Icon name="help" size={18} />
      </button>
      <PersonMenu me={me} />
    </nav>
  );
}

function Dot() {
  return <span aria-hidden className="absolute top-1.5 right-1.5 size-2 rounded-full bg-accent" />;
}

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? parts.at(-1)![0]! : "")).toUpperCase();
}

function PersonMenu({ me }: { me: Me }) {
  const say = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const sound = useSound((state) => state.on);
  const theme = keptTheme();
  const leave = async () => {
    await signOut(client);
    await navigate({ to: "/sign-in" });
  };
  const trigger = (
    <button type="button" title={me.name} className="flex size-9 items-center justify-center">
      <span aria-hidden className="flex size-7 items-center justify-center rounded-full bg-text-1 text-12 font-medium text-surface-1">{initials(me.name)}</span>
      <span className="sr-only">{me.name}</span>
    </button>
  );
  return (
    <Menu label={me.name} trigger={trigger}>
      <MenuLabel>{me.email}</MenuLabel>
      <MenuItem icon={<Icon name="person" />} onPick={() => void navigate({ to: "/profile" })}>
        {say("shell.places.profile")}
      </MenuItem>
      <MenuItem icon={<Icon name="bell" />} onPick={() => setSound(!sound)}>
        {say(sound ? "shell.soundOff" : "shell.soundOn")}
      </MenuItem>
      <MenuLine />
      <MenuLabel>{say("shell.theme")}</MenuLabel>
      {THEMES.map((each) => (
        <MenuItem key={each} marked={each === theme} onPick={() => wear(each)} detail={each === theme && <Icon name="check" />}>
          {say(`shell.themes.${each}`)}
        </MenuItem>
      ))}
      <MenuLabel>{say("shell.language")}</MenuLabel>
      {LANGUAGES.map((each) => (
        <MenuItem
          key={each}
          marked={each === language}
          detail={each === language && <Icon name="check" />}
          onPick={() => void speak(each).then(() => changeMe({ language: each }))}
        >
          {say(`shell.languages.${each}`)}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<Icon name="out" />} onPick={() => void leave()}>
        {say("shell.signOut")}
      </MenuItem>
    </Menu>
  );
}
