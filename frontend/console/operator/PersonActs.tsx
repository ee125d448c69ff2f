import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { Icon } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLine } from "../../shared/components/Menu";
import { toast } from "../../shared/components/Toast";
import type { Person } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

type Grave = "close" | "drop";

/** What an operator may do about one person; what cannot be undone easily is asked about first. */
export function PersonActs({ person }: { person: Person }) {
  const say = useWords();
  const me = useMe();
  const attempt = useTry();
  const client = useQueryClient();
  const [grave, setGrave] = useState<Grave | null>(null);
  const run = async (act: () => Promise<unknown>, done: string) => {
    setGrave(null);
    if ((await attempt(act)) === undefined) return;
    toast(done);
    await client.invalidateQueries({ queryKey: ["people"] });
  };
  const done = say("operator.doneNow");
  const trigger = (
    <IconButton label={say("operator.acts", { name: person.name })}>
      <Icon name="down" />
    </IconButton>
  );
  return (
    <>
      <Menu label={say("operator.acts", { name: person.name })} trigger={trigger}>
        {person.is_active && (
          <MenuItem icon={<Icon name="mail" />} onPick={() => void run(() => api.sendLink(person.id), say("operator.linkOut"))}>
            {say(person.link_until ? "operator.resend" : "operator.invite")}
          </MenuItem>
        )}
        {person.link_until && (
          <MenuItem icon={<Icon name="close" />} onPick={() => void run(() => api.revokeLink(person.id), done)}>
            {say("operator.revokeLink")}
          </MenuItem>
        )}
        {person.locked && (
          <MenuItem icon={<Icon name="check" />} onPick={() => void run(() => api.unlock(person.id), done)}>
            {say("operator.unlock")}
          </MenuItem>
        )}
        <MenuItem icon={<Icon name="out" />} onPick={() => void run(() => api.endSessions(person.id), done)}>
          {say("operator.endSessions")}
        </MenuItem>
        <MenuLine />
        {person.two_step && (
          <MenuItem icon={<Icon name="warn" />} onPick={() => setGrave("drop")}>
            {say("operator.dropTwoStep")}
          </MenuItem>
        )}
        {!person.is_active && (
          <MenuItem icon={<Icon name="check" />} onPick={() => void run(() => api.changePerson(person.id, true), done)}>
            {say("operator.reopen")}
          </MenuItem>
        )}
        {person.is_active && person.id !== me.id && (
          <MenuItem icon={<Icon name="warn" />} onPick={() => setGrave("close")}>
            {say("operator.closeAccount")}
          </MenuItem>
        )}
      </Menu>
      <Dialog
        open={grave !== null}
        onClose={() => setGrave(null)}
        title={say("operator.sure")}
        text={say(grave === "drop" ? "operator.dropText" : "operator.closeText", { name: person.name })}
        footer={
          <Button kind="risk" onClick={() => void run(() => (grave === "drop" ? api.dropSecondFactor(person.id) : api.changePerson(person.id, false)), done)}>
            {say("operator.doIt")}
          </Button>
        }
      />
    </>
  );
}
