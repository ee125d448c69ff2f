/** What an agent does at the desk, with what is said when it cannot be done. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { ApiError } from "../../shared/api/http";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { AgentStatus, Work } from "../../shared/model";
import * as api from "../api";
import { useWords } from "../words/load";
import { announce, useDesk } from "./store";
import { sync } from "./sync";

/** Runs an action; a refusal is shown in the server's words, a lost connection in ours. */
export function useTry() {
  const say = useShared();
  return useCallback(
    async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
      try {
        return await act();
      } catch (error) {
        const known = error instanceof ApiError ? error : undefined;
        toast(known && !known.offline ? known.message : say("offline.title"), { kind: "risk" });
        return undefined;
      }
    },
    [say],
  );
}

export function useDeskActions() {
  const say = useWords();
  const attempt = useTry();
  const navigate = useNavigate();
  return useMemo(() => {
    const open = (work: Work) =>
      navigate({ to: "/c/$tenant/$conversation", params: { tenant: work.tenant.id, conversation: work.conversation } });
    return {
      open,
      accept: async (offer: Work) => {
        const work = await attempt(() => api.accept(offer.id));
        if (work) {
          move(offer.id, work);
          announce(say("desk.tookOver", { case: offer.case_number }));
          useDesk.setState({ compose: offer.conversation });
          await open(offer);
        }
        await sync();
      },
      decline: async (offer: Work) => {
        move(offer.id);
        await attempt(() => api.decline(offer.id, ""));
        await sync();
      },
      next: async () => {
        const work = await attempt(api.next);
        if (work === null) toast(say("desk.noNext"));
        await sync();
        if (work?.state !== "active") return;
        useDesk.setState({ compose: work.conversation });
        await open(work);
      },
      finishWrapUp: async (work: Work) => {
        await attempt(() => api.finishWrapUp(work.id));
        await sync();
      },
      setState: async (status: AgentStatus, reason?: string) => {
        const state = await attempt(() => api.setState(status, reason));
        if (state) announce(say("desk.stateNow", { state: say(`desk.states.${status}`) }));
        await sync();
      },
    };
  }, [attempt, navigate, say]);
}

/** At once on the screen: an offer leaves, and what was accepted joins the work in hand. */
function move(offer: string, taken?: Work): void {
  useDesk.setState(({ desk }) => {
    if (!desk) return { desk };
    const active = taken ? [...desk.active.filter((work) => work.id !== taken.id), taken] : desk.active;
    return { desk: { ...desk, active, offers: desk.offers.filter((work) => work.id !== offer) } };
  });
}
