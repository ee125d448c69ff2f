/** What is found again: search, saved views, tags, contact reasons. */

import type { components } from "../../shared/api";
import { get, post, put, remove } from "../api";

type Shapes = components["schemas"];
export type Found = Shapes["Found"];
export type SavedView = Shapes["SavedView"];
export type Tag = Shapes["TagHead"];
export type TagInUse = Shapes["TagInUse"];
export type Reason = Shapes["ReasonOfClient"];

const CLIENT = "/api/desk/clients/{tenant}";

export const search = (q: string, signal?: AbortSignal) => get("/api/desk/search", { query: { q }, signal });

export const viewsKey = ["views"] as const;
export const views = async () => (await get("/api/desk/views")).views;
export const saveView = (name: string, query: string, tenant: string | null) => post("/api/desk/views", { body: { name, query, tenant } });
export const forgetView = (view: string) => remove("/api/desk/views/{view}", { path: { view } });

export const suggestTags = async (tenant: string, q: string) => (await get(`${CLIENT}/tags`, { path: { tenant }, query: { q } })).tags;
export const tagConversation = async (tenant: string, conversation: string, names: string[]) =>
  (await put(`${CLIENT}/conversations/{conversation}/tags`, { path: { tenant, conversation }, body: { names } })).tags;
export const tagsInUse = async (tenant: string) => (await get(`${CLIENT}/tags/in-use`, { path: { tenant } })).tags;
export const changeTag = async (tenant: string, body: Shapes["TagChangeRequest"]) =>
  (await post(`${CLIENT}/tags`, { path: { tenant }, body })).tags;

export const reasonsOf = async (tenant: string) => (await get(`${CLIENT}/contact-reasons`, { path: { tenant } })).reasons;
export const keepReason = async (tenant: string, body: Shapes["ReasonToKeepRequest"]) =>
  (await post(`${CLIENT}/contact-reasons`, { path: { tenant }, body })).reasons;
