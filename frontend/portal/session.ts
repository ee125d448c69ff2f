/** Who is signed in at this shop's portal. */

import { useQuery, type QueryClient } from "@tanstack/react-query";

import { signOut as leave } from "../shared/api/allauth";
import { asLanguage, firstLanguage, speak, type Language } from "../shared/i18n/start";
import * as api from "./api";
import type { Client, Me } from "./api";

export const meQuery = { queryKey: ["me"], queryFn: api.me, staleTime: 5 * 60_000 };

/** Ask again who is signed in: the query is disabled on the screens, so invalidating it does nothing. */
export const refreshMe = (client: QueryClient) => client.fetchQuery({ ...meQuery, staleTime: 0 });

export function useMe(): Me {
  return useQuery({ ...meQuery, enabled: false }).data!;
}

/** The shop whose portal this is; months and hours are told in its zone. */
export function useShop(): Client {
  const shop = useMe().tenant;
  if (!shop) throw new Error("The portal is at a shop's own host only.");
  return shop;
}

export function isClient(me: Me): boolean {
  return me.roles.includes("client") || me.roles.includes("viewer");
}

/** The screens take the person's own language, unless this browser was told another. */
export async function speakTheirs(me: Me): Promise<void> {
  const theirs = asLanguage(me.language);
  if (theirs && !localStorage.getItem("centralita.language") && theirs !== firstLanguage()) await speak(theirs);
}

/** Switch the screens at once and remember it with the account; what the server words follows. */
export async function speakAs(language: Language, client: QueryClient): Promise<void> {
  await speak(language);
  await api.setLanguage(language).then(
    (me) => client.setQueryData(meQuery.queryKey, me),
    () => undefined,
  );
}

export async function signOut(client: QueryClient): Promise<void> {
  await leave();
  client.clear();
}
