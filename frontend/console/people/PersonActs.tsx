import { useState } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { Icon } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLine } from "../../shared/components/Menu";
import { useShared } from "../../shared/i18n/use";
import type { Person } from "../../shared/model";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";

const GRAVE = {
  close: { title: "people.suspend", text: "operator.closeText", act: (id: string) => api.setActive(id, false) },
  drop: { title: "operator.dropTwoStep", text: "operator.dropText", act: api.dropSecondFactor },
  sessions: { title: "people.signOut", text: "people.signOutText", act: api.endSessions },
  revoke: { title: "operator.revokeLink", text: "people.revokeText", act: api.revokeLink },
} as const;
export type Grave = keyof typeof GRAVE;

/** What cannot be taken back is asked about first, and says what will happen. */
export function GraveDialog({ grave, person, onClose }: { grave: Grave | null; person: { id: string; name: string }; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useAct();
  if (!grave) return null;
  const { title, text, act } = GRAVE[grave];
  const go = async () => {
    await run(() => act(person.id));
    onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" disabled={isBusy} onClick={() => void go()}>
        {say(title).replace("…", "")}
      </Button>
    </>
  );
  return <Dialog open onClose={onClose} title={`${say(title).replace("…", "")}: ${person.name}`} text={say(text, { name: person.name })} footer={footer} />;
}

/** What an operator may do about one person. */
export function PersonActs({ person }: { person: Person }) {
  const say = useWords();
  const me = useMe();
  const { run } = useAct();
  const [grave, setGrave] = useState<Grave | null>(null);
  const name = say("operator.acts", { name: person.name });
  const trigger = (
    <IconButton label={name}>
      <Icon name="down" />
    </IconButton>
  );
  return (
    <>
      <Menu label={name} trigger={trigger}>
        {person.is_active && (
          <MenuItem icon={<Icon name="mail" />} onPick={() => void run(() => api.sendLink(person.id), say("operator.linkOut"))}>
            {say(person.link_until ? "operator.resend" : "operator.invite")}
          </MenuItem>
        )}
        {person.link_until && (
          <MenuItem icon={<Icon name="close" />} onPick={() => setGrave("revoke")}>
            {say("operator.revokeLink")}…
          </MenuItem>
        )}
        {person.locked && (
          <MenuItem icon={<Icon name="check" />} onPick={() => void run(() => api.unlock(person.id))}>
            {say("operator.unlock")}
          </MenuItem>
        )}
        <MenuItem icon={<Icon name="out" />} onPick={() => setGrave("sessions")}>
          {say("people.signOut")}
        </MenuItem>
        <MenuLine />
        {person.two_step && (
          <MenuItem icon={<Icon name="warn" />} onPick={() => setGrave("drop")}>
            {say("operator.dropTwoStep")}
          </MenuItem>
        )}
        {!person.is_active && (
          <MenuItem icon={<Icon name="check" />} onPick={() => void run(() => api.setActive(person.id, true))}>
            {say("people.reinstate")}
          </MenuItem>
        )}
        {person.is_active && person.id !== me.id && (
          <MenuItem icon={<Icon name="warn" />} onPick={() => setGrave("close")}>
            {say("people.suspend")}
          </MenuItem>
        )}
      </Menu>
      <GraveDialog grave={grave} person={person} onClose={() => setGrave(null)} />
    </>
  );
}
