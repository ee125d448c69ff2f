import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState, type FormEvent, type KeyboardEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { grow, threadKey } from "../conversation/thread";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { MOD } from "../shell/keys";
import { useWords } from "../words/load";
import { runMacro, type BrandReason, type Macro } from "./api";
import { blanksIn, nextBlank } from "./blanks";
import { Marked, WhyNot } from "./OtherBrand";
import { useActionWords } from "./Picker";

interface Props {
  tenant: string;
  conversation: Conversation;
  macro: Macro;
  onClose: () => void;
}

/** What will happen, in its order; the reply can be made personal here, and then all of it is done at once. */
export function MacroDialog({ tenant, conversation, macro, onClose }: Props) {
  const say = useWords();
  const shared = useShared();
  const words = useActionWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(macro.actions.find((action) => action.do === "reply")?.text ?? "");
  const { run, isBusy, found, why, setWhy, refused, forget } = useRun({ tenant, conversation, macro, text, onClose });
  const blanks = blanksIn(text);
  const isBlocked = isBusy || macro.against.length > 0 || blanks.length > 0 || (found !== null && !why);
  const submit = () => {
    const next = nextBlank(text, area.current?.selectionEnd ?? 0);
    if (!next) return isBlocked ? undefined : run();
    area.current?.focus();
    area.current?.setSelectionRange(next.start, next.end);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" type="submit" form="macro" disabled={isBlocked} keys={`${MOD} ⏎`}>
        {say("playbook.macroRun")}
      </Button>
    </>
  );
  return (
    <Dialog open wide onClose={onClose} title={say("playbook.macroTitle", { name: macro.name })} text={say("playbook.macroText")} footer={footer}>
      <form id="macro" onKeyDown={onKeyDown} onSubmit={(event: FormEvent) => (event.preventDefault(), submit())} className="flex flex-col gap-3 pb-2">
        {macro.against.map((code) => (
          <p key={code} className="flex items-center gap-2 text-13 text-risk">
            <Icon name="warn" size={13} />
            {say(`playbook.against.${code}`)}
          </p>
        ))}
        <ol className="flex list-decimal flex-col gap-3 pl-5 text-13 marker:text-text-3">
          {macro.actions.map((action, place) => (
            <li key={place}>
              <span className="font-medium">{words(action)}</span>
              {action.do === "note" && <p className="mt-1 rounded border border-paper-line bg-paper px-3 py-2 whitespace-pre-wrap">{action.text}</p>}
              {action.do === "reply" && (
                <div className="mt-1">
                  <TextArea
                    ref={area}
                    label={say("playbook.macroReply")}
                    error={blanks[0] ? say("playbook.blanks", { count: blanks.length, what: blanks[0].what || say("playbook.aBlank") }) : refused}
                    value={text}
                    rows={7}
                    onChange={(event) => {
                      setText(event.target.value);
                      forget();
                    }}
                  />
                </div>
              )}
            </li>
          ))}
        </ol>
        {found && (
          <div className="flex flex-col gap-2 rounded border border-line-strong p-3 text-13">
            <p className="font-medium text-risk">{say("playbook.brand.title")}</p>
            <p className="break-words whitespace-pre-wrap">
              <Marked text={text} found={found} />
            </p>
            <WhyNot why={why} onWhy={setWhy} />
          </div>
        )}
      </form>
    </Dialog>
  );
}

function useRun({ tenant, conversation, macro, text, onClose }: Props & { text: string }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const [isBusy, setIsBusy] = useState(false);
  const [found, setFound] = useState<Record<string, string> | null>(null);
  const [why, setWhy] = useState<BrandReason | "">("");
  const [refused, setRefused] = useState("");
  const send = async () => {
    try {
      return await runMacro(tenant, conversation.id, macro.item, { number: macro.number, text, client_key: key, despite: why });
    } catch (problem) {
      const known = problem instanceof ApiError ? problem : undefined;
      if (known?.code === "other_brand") setFound(known.fields);
      else if (known?.code === "say_it_yourself" || known?.code === "blanks_left") setRefused(known.message);
      else throw problem;
      return undefined;
    }
  };
  const run = async () => {
    setIsBusy(true);
    const done = await attempt(send);
    setIsBusy(false);
    if (!done) return;
    onClose();
    toast(say("playbook.macroRan", { name: macro.name }));
    const leaves = macro.actions.some((action) => action.do === "close" || action.do === "transfer" || action.do === "put_off");
    if (leaves) {
      await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id), refetchType: "none" });
      await navigate({ to: "/" });
    } else void grow(client, tenant, conversation.id);
    await sync();
  };
  const forget = () => {
    setFound(null);
    setWhy("");
    setRefused("");
  };
  return { run: () => void run(), isBusy, found, why, setWhy, refused, forget };
}
