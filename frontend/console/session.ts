/** Who is signed in, and what that person may open. */

import { useQuery, type QueryClient } from "@tanstack/react-query";

import { signOut as leave } from "../shared/api/allauth";
import { asLanguage, firstLanguage, speak } from "../shared/i18n/start";
import type { Me, Role } from "../shared/model";
import { readIn } from "../shared/time/words";
import * as api from "./api";
import { dropDrafts } from "./conversation/drafts";
import { useOutbox } from "./conversation/outbox";
import { useDesk } from "./desk/store";

export const meQuery = { queryKey: ["me"], queryFn: api.me, staleTime: 5 * 60_000 };

/** Ask again who is signed in: the query is disabled on the screens, so invalidating it does nothing. */
export const refreshMe = (client: QueryClient) => client.fetchQuery({ ...meQuery, staleTime: 0 });

export function useMe(): Me {
  return useQuery({ ...meQuery, enabled: false }).data!;
}

/** Two-step sign-in is asked for, and not set up: nothing else opens. */
export const mustSetUp = (me: Me) => me.mfa_required_from !== null && Date.parse(me.mfa_required_from) <= Date.now();

export function has(me: Me, ...roles: Role[]): boolean {
  return roles.some((role) => me.roles.includes(role));
}

/** The screens take the person's own zone, and their language unless this browser was told another. */
export async function suit(me: Me): Promise<void> {
  readIn(me.time_zone);
  const theirs = asLanguage(me.language);
  if (theirs && !localStorage.getItem("centralita.language") && theirs !== firstLanguage()) await speak(theirs);
}

export async function signOut(client: QueryClient): Promise<void> {
  await leave();
  useOutbox.setState({ entries: [] });
  dropDrafts();
  useDesk.setState({ seq: 0, desk: null, link: "opening", error: null, typing: {} });
  client.clear();
}
