import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { toast } from "../../shared/components/Toast";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";

/** Do something about people, say so, and read anew what it may have changed. */
export function useAct() {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  async function run<T>(act: () => Promise<T>, done?: string, undo?: () => Promise<unknown>): Promise<T | undefined> {
    setIsBusy(true);
    const outcome = await attempt(act);
    setIsBusy(false);
    await client.invalidateQueries({ queryKey: ["people"] });
    if (outcome === undefined) return undefined;
    toast(done ?? say("operator.doneNow"), undo && { act: { label: say("people.undo"), run: () => void run(undo) } });
    return outcome;
  }
  return { run, isBusy };
}
