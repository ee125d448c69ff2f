import { Dialog } from "../../shared/components/Dialog";
import { has, useMe } from "../session";
import { useWords, type Key } from "../words/load";
import { MOD } from "./keys";
import { useLooks } from "./looks";

export function KeyList() {
  const say = useWords();
  const me = useMe();
  const leads = has(me, "supervisor", "operator");
  const rows: [string, Key][] = [
    ["Enter", "shell.keys.accept"],
    ["X", "shell.keys.decline"],
    ["N", "shell.keys.next"],
    ["⇧ N", "shell.keys.nextOpen"],
    ["R", "shell.keys.reply"],
    ["N", "shell.keys.note"],
    [`${MOD} Enter`, "shell.keys.send"],
    ["#", "shell.keys.savedReplies"],
    [`${MOD} J`, "shell.keys.blank"],
    ["Z", "shell.keys.undo"],
    ["E", "shell.keys.close"],
    ["Q", "shell.keys.noReply"],
    ["A", "shell.keys.ask"],
    ["K", "shell.keys.up"],
    ["J", "shell.keys.down"],
    ["Esc", "shell.keys.leave"],
    [`${MOD} K`, "shell.keys.palette"],
    ["/", "shell.keys.search"],
    ["G D", "shell.keys.goDesk"],
    ...(leads ? ([["G F", "shell.keys.goFloor"], ["G T", "shell.keys.goFinished"], ["G P", "shell.keys.goPlanning"]] as [string, Key][]) : []),
    ["G M", "shell.keys.goMentions"],
    ["G S", "shell.keys.goScores"],
    ["?", "shell.keys.help"],
  ];
  return (
    <Dialog open onClose={() => useLooks.setState({ keys: false })} title={say("shell.keysTitle")}>
      <dl className="grid grid-cols-[1fr_auto] gap-y-1.5 pb-3">
        {rows.map(([key, name], place) => (
          <div key={place} className="contents">
            <dt className="text-13 text-text-1">{say(name)}</dt>
            <dd className="flex gap-1">
              {key.split(" ").map((each) => (
                <kbd key={each} className="min-w-6 rounded-sm border border-line-strong bg-surface-2 px-1.5 text-center font-sans text-12 text-text-2">
                  {each}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
