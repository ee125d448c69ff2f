import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useState, type ReactNode } from "react";

import { ClientTile } from "../../shared/components/ClientTile";
import { Icon, type IconName } from "../../shared/components/Icon";
import { LANGUAGES, speak } from "../../shared/i18n/start";
import { THEMES, wear } from "../../shared/theme/theme";
import { changeMe, search } from "../api";
import { useDeskActions } from "../desk/actions";
import { choicesOf, useReasons } from "../desk/reasons";
import { StateMark } from "../desk/StateMenu";
import { useDesk } from "../desk/store";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import { useLooks } from "./looks";
import { placesOf } from "./Rail";
import { setSound, useSound } from "./sound";

const close = () => useLooks.setState({ palette: false });

/** Ctrl-K: go anywhere, find a case, do anything. */
export function Palette() {
  const say = useWords();
  const [words, setWords] = useState("");
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && close()}
      label={say("shell.palette")}
      overlayClassName="appear fixed inset-0 z-40 bg-scrim"
      contentClassName="appear fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded bg-surface-1 shadow-float"
    >
      <Command.Input
        value={words}
        onValueChange={setWords}
        placeholder={say("shell.palettePlaceholder")}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-15 outline-none placeholder:text-text-3"
      />
      <Command.List className="palette max-h-[52vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-13 text-text-2">{say("shell.paletteEmpty")}</Command.Empty>
        <InHand />
        <Cases words={words} />
        <Everything words={words.trim()} />
        <Places />
        <States />
        <Looks />
      </Command.List>
    </Command.Dialog>
  );
}

interface PickProps {
  value: string;
  icon: ReactNode;
  detail?: ReactNode;
  onPick: () => void;
  children: ReactNode;
}

function Pick({ value, icon, detail, onPick, children }: PickProps) {
  const pick = () => {
    close();
    onPick();
  };
  return (
    <Command.Item value={value} onSelect={pick} className="flex h-9 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 text-13 data-[selected=true]:bg-surface-3">
      <span className="flex w-6.5 shrink-0 justify-center text-text-2">{icon}</span>
      <span className="flex-1 truncate">{children}</span>
      {detail && <span className="shrink-0 text-12 text-text-3">{detail}</span>}
    </Command.Item>
  );
}

const icon = (name: IconName) => <Icon name={name} />;

function InHand() {
  const say = useWords();
  const act = useDeskActions();
  const desk = useDesk((state) => state.desk);
  if (!desk?.active.length) return null;
  return (
    <Command.Group heading={say("shell.paletteGroups.work")}>
      {desk.active.map((work) => (
        <Pick
          key={work.id}
          value={`${work.customer_name} ${work.case_number} ${work.tenant.name} ${work.id}`}
          icon={<ClientTile client={work.tenant} />}
          detail={work.case_number}
          onPick={() => void act.open(work)}
        >
          {work.customer_name || work.case_number}
        </Pick>
      ))}
    </Command.Group>
  );
}

function Cases({ words }: { words: string }) {
  const say = useWords();
  const navigate = useNavigate();
  const asked = useDeferredValue(words.trim());
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => search(asked, signal),
    enabled: asked.length >= 2,
    staleTime: 10_000,
  });
  if (found.isFetching && !found.data) return <Command.Loading className="px-3 py-2 text-12 text-text-3">{say("shell.paletteSearching")}</Command.Loading>;
  if (!found.data || (found.data.results.length === 0 && found.data.left_out === 0)) return null;
  return (
    <Command.Group heading={say("shell.paletteGroups.cases")} forceMount={found.data.left_out > 0}>
      {found.data.left_out > 0 && <p className="px-2.5 py-1.5 text-12 text-warn">{say("shell.paletteLeftOut", { count: found.data.left_out })}</p>}
      {found.data.results.map((each) => (
        <Pick
          key={each.conversation}
          value={`${asked} ${each.case_number} ${each.conversation}`}
          icon={<ClientTile client={each.tenant} />}
          detail={each.case_number}
          onPick={() => void navigate({ to: "/c/$tenant/$conversation", params: { tenant: each.tenant.id, conversation: each.conversation } })}
        >
          {each.customer_name || each.case_number}
          {each.subject && <span className="text-text-3"> · {each.subject}</span>}
        </Pick>
      ))}
    </Command.Group>
  );
}

function Everything({ words }: { words: string }) {
  const say = useWords();
  const navigate = useNavigate();
  return (
    <Command.Group heading={say("finding.title")} forceMount>
      <Pick value={`${words} /search`} icon={icon("search")} detail="/" onPick={() => void navigate({ to: "/search", search: words ? { q: words } : {} })}>
        {words ? say("finding.everything", { words }) : say("finding.open")}
      </Pick>
    </Command.Group>
  );
}

function Places() {
  const say = useWords();
  const navigate = useNavigate();
  const me = useMe();
  return (
    <Command.Group heading={say("shell.paletteGroups.go")}>
      {placesOf(me).map((place) => (
        <Pick key={place.to} value={`${say("shell.paletteGroups.go")} ${say(place.name)}`} icon={icon(place.icon)} onPick={() => void navigate({ to: place.to! })}>
          {say(place.name)}
        </Pick>
      ))}
      <Pick value={`${say("shell.paletteGroups.go")} ${say("shell.places.profile")}`} icon={icon("person")} onPick={() => void navigate({ to: "/profile" })}>
        {say("shell.places.profile")}
      </Pick>
    </Command.Group>
  );
}

function States() {
  const say = useWords();
  const act = useDeskActions();
  const reasons = useReasons();
  if (!has(useMe(), "agent")) return null;
  return (
    <Command.Group heading={say("shell.paletteGroups.state")}>
      <Pick value={`${say("desk.next")} next`} icon={icon("move")} onPick={() => void act.next()}>
        {say("desk.next")}
      </Pick>
      {(["available", "busy", "training", "offline"] as const).map((status) => (
        <Pick key={status} value={`${say("shell.paletteGroups.state")} ${say(`desk.states.${status}`)}`} icon={<StateMark status={status} />} onPick={() => void act.setState(status)}>
          {say(`desk.states.${status}`)}
        </Pick>
      ))}
      {choicesOf(reasons).flatMap(({ status, reasons: whys }) =>
        whys.map((why) => (
          <Pick
            key={why.code}
            value={`${say(`desk.states.${status}`)} ${why.name} ${why.code}`}
            icon={<StateMark status={status} />}
            onPick={() => void act.setState(status, why.code)}
          >
            {say(`desk.states.${status}`)} · {why.name}
          </Pick>
        )),
      )}
    </Command.Group>
  );
}

function Looks() {
  const say = useWords();
  const sound = useSound((state) => state.on);
  return (
    <Command.Group heading={say("shell.paletteGroups.look")}>
      {THEMES.map((theme) => (
        <Pick key={theme} value={`${say("shell.theme")} ${say(`shell.themes.${theme}`)}`} icon={icon("sun")} onPick={() => wear(theme)}>
          {say("shell.theme")} · {say(`shell.themes.${theme}`)}
        </Pick>
      ))}
      {LANGUAGES.map((each) => (
        <Pick key={each} value={`${say("shell.language")} ${say(`shell.languages.${each}`)}`} icon={icon("globe")} onPick={() => void speak(each).then(() => changeMe({ language: each }))}>
          {say("shell.language")} · {say(`shell.languages.${each}`)}
        </Pick>
      ))}
      <Pick value={say("shell.sound")} icon={icon("bell")} onPick={() => setSound(!sound)}>
        {say(sound ? "shell.soundOff" : "shell.soundOn")}
      </Pick>
      <Pick value={say("shell.keysTitle")} icon={icon("help")} detail="?" onPick={() => useLooks.setState({ keys: true })}>
        {say("shell.keysTitle")}
      </Pick>
    </Command.Group>
  );
}
