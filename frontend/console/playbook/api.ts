/** The playbook's calls: beside a conversation, and where it is looked after. */

import type { components } from "../../shared/api";
import { get, post, put } from "../api";

type Shapes = components["schemas"];
export type Playbook = Shapes["Playbook"];
export type SavedReply = Shapes["SavedReply"];
export type Macro = Shapes["Macro"];
export type Bulletin = Shapes["Bulletin"];
export type Procedure = Shapes["Procedure"];
export type Kind = Shapes["PlaybookKind"];
export type Entry = Shapes["PlaybookEntry"];
export type Shelf = Shapes["PlaybookShelf"];
export type Effects = Shapes["SheetEffects"];
export type BrandStop = Shapes["BrandStop"];
export type BrandReason = Shapes["BrandReason"];
export type BrandMatch = Shapes["BrandMatch"];

const BESIDE = "/api/desk/clients/{tenant}/conversations/{conversation}/playbook";
const SHELF = "/api/desk/clients/{tenant}/playbook";

export const beside = (tenant: string, conversation: string) => get(BESIDE, { path: { tenant, conversation } });
export const takeReply = (tenant: string, conversation: string, item: string, language: string) =>
  post(`${BESIDE}/replies/{item}/take`, { path: { tenant, conversation, item }, body: { language } });
export const runMacro = (tenant: string, conversation: string, item: string, body: Shapes["RunMacroRequest"]) =>
  post(`${BESIDE}/macros/{item}/run`, { path: { tenant, conversation, item }, body });
export const tick = (tenant: string, conversation: string, item: string, body: Shapes["TickStepRequest"]) =>
  post(`${BESIDE}/procedures/{item}/tick`, { path: { tenant, conversation, item }, body });
export const confirm = (tenant: string, item: string, number: number) =>
  post(`${SHELF}/{item}/confirm`, { path: { tenant, item }, body: { number } });

export const shelf = (tenant: string, kind: Kind, state: "in_use" | "archived") => get(SHELF, { path: { tenant }, query: { kind, state } });
export const add = (tenant: string, body: Shapes["NewPlaybookItemRequest"]) => post(SHELF, { path: { tenant }, body });
export const history = async (tenant: string, item: string) => (await get(`${SHELF}/{item}`, { path: { tenant, item } })).versions;
export const change = (tenant: string, item: string, body: Shapes["NewPlaybookVersionRequest"]) => put(`${SHELF}/{item}`, { path: { tenant, item }, body });
export const restore = (tenant: string, item: string, number: number) => post(`${SHELF}/{item}/restore`, { path: { tenant, item }, body: { number } });
export const archive = (tenant: string, item: string, is_archived: boolean) =>
  post(`${SHELF}/{item}/archive`, { path: { tenant, item }, body: { is_archived } });
export const readers = async (tenant: string, item: string) => (await get(`${SHELF}/{item}/readers`, { path: { tenant, item } })).readers;
export const bring = (tenant: string, content: string, write: boolean) => post(`${SHELF}/replies.csv`, { path: { tenant }, body: { content, write } });
export const sheet = (tenant: string) => `/api/desk/clients/${tenant}/playbook/replies.csv`;
export const stops = () => get("/api/desk/brand-stops");

export const besideQuery = (tenant: string, conversation: string) => ({
  queryKey: ["playbook", tenant, conversation],
  queryFn: () => beside(tenant, conversation),
  staleTime: 60_000,
});
