import { useMemo } from "react";

import { wearing } from "../../shared/components/ClientTile";
import type { Thread } from "../../shared/model";
import { blocksOf } from "../conversation/grouping";
import { Head } from "../conversation/Head";
import { BlockView } from "../conversation/Messages";

/** A conversation to be read, not answered. */
export function ReadOnlyThread({ tenant, thread }: { tenant: string; thread: Thread }) {
  const { conversation, messages } = thread;
  const blocks = useMemo(() => blocksOf(messages), [messages]);
  return (
    <section style={wearing(conversation.shop)} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Head conversation={conversation} />
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0}>
        <div className="thread mx-auto flex max-w-3xl flex-col gap-3 px-4 py-4">
          {blocks.map((block) => (
            <BlockView key={block.key} block={block} tenant={tenant} conversation={conversation} />
          ))}
        </div>
      </div>
    </section>
  );
}
