/** A conversation among others: linked, followed, opened again. */

import { get, post, put } from "../api";

const TALK = "/api/desk/clients/{tenant}/conversations/{conversation}";

export const linksKey = (tenant: string, conversation: string) => ["links", tenant, conversation] as const;
export const links = (tenant: string, conversation: string) => get(`${TALK}/links`, { path: { tenant, conversation } });
export const link = (tenant: string, conversation: string, case_number: string) =>
  post(`${TALK}/links`, { path: { tenant, conversation }, body: { case_number } });
export const unlink = (tenant: string, conversation: string, other: string) =>
  post(`${TALK}/links`, { path: { tenant, conversation }, body: { unlink: other } });
export const follow = (tenant: string, conversation: string, on: boolean) =>
  put(`${TALK}/follow`, { path: { tenant, conversation }, body: { follow: on } });
export const reopen = (tenant: string, conversation: string) => post(`${TALK}/reopen`, { path: { tenant, conversation } });

export const mergeInto = (tenant: string, conversation: string, into: string, contact_reason: string) =>
  post(`${TALK}/merge`, { path: { tenant, conversation }, body: { into, contact_reason } });

export const followedKey = ["followed"] as const;
export const followed = async () => (await get("/api/desk/followed")).followed;
