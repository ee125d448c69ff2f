import { Button } from "../../shared/components/Button";
import { useWords } from "../words/load";
import { settle, useDrafts, type Mode } from "./drafts";

/** Two windows of one person typed on one draft: a person decides, nothing is written over. */
export function RivalDraft({ tenant, conversation, mode }: { tenant: string; conversation: string; mode: Mode }) {
  const say = useWords();
  const rival = useDrafts((state) => state.rivals[`${conversation}.${mode}`]);
  if (!rival) return null;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-soft px-3 py-1.5 text-12">
      <span className="min-w-0 flex-1 truncate">
        {say("writing.rival")} <q>{rival.text.slice(0, 120)}</q>
      </span>
      <Button small onClick={() => settle(tenant, conversation, mode, "mine")}>
        {say("writing.mine")}
      </Button>
      <Button small onClick={() => settle(tenant, conversation, mode, "theirs")}>
        {say("writing.theirs")}
      </Button>
    </div>
  );
}
