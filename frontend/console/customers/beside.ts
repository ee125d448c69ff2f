/** The customer beside the conversation. */

import type { components } from "../../shared/api";
import { get, post, put } from "../api";

type Shapes = components["schemas"];
export type Beside = Shapes["CustomerBeside"];
export type Field = Shapes["CustomerFieldValue"];
export type FieldOfClient = Shapes["CustomFieldShape"];
export type Candidate = Shapes["MergeCandidate"];
export type Marks = Shapes["CustomerMarksRequest"];
export const REVEAL_REASONS = ["verify", "contact", "order", "request"] as const;

const CUSTOMER = "/api/desk/clients/{tenant}/customers/{customer}";
const FIELDS = "/api/desk/clients/{tenant}/customer-fields";

export const besideKey = (tenant: string, customer: string) => ["beside", tenant, customer] as const;
export const beside = (tenant: string, customer: string) => get(`${CUSTOMER}/beside`, { path: { tenant, customer } });
export const reveal = (tenant: string, customer: string, reason: Shapes["RevealReasonRequest"]["reason"]) =>
  post(`${CUSTOMER}/beside`, { path: { tenant, customer }, body: { reason } });
export const mark = (tenant: string, customer: string, marks: Marks) => put(`${CUSTOMER}/marks`, { path: { tenant, customer }, body: marks });
export const fill = (tenant: string, customer: string, values: Shapes["CustomerFieldValuesRequest"]["values"]) =>
  put(`${CUSTOMER}/fields`, { path: { tenant, customer }, body: { values } });
export const noteCustomer = (tenant: string, customer: string, text: string) =>
  post(`${CUSTOMER}/customer-notes`, { path: { tenant, customer }, body: { text } });
export const dropNote = (tenant: string, customer: string, note: string) =>
  post(`${CUSTOMER}/customer-notes/drop`, { path: { tenant, customer }, body: { note } });
export const tagCustomer = async (tenant: string, customer: string, names: string[]) =>
  (await put(`${CUSTOMER}/tags`, { path: { tenant, customer }, body: { names } })).tags;
export const candidates = async (tenant: string, customer: string, q: string) =>
  (await get(`${CUSTOMER}/merge`, { path: { tenant, customer }, query: { q } })).results;
export const absorb = (tenant: string, customer: string, absorbed: string) =>
  post(`${CUSTOMER}/merge`, { path: { tenant, customer }, body: { absorbed } });
export const undoMerge = (tenant: string, customer: string, merge: string) =>
  post(`${CUSTOMER}/merge/undo`, { path: { tenant, customer }, body: { merge } });

export const fieldsOf = (tenant: string) => get(FIELDS, { path: { tenant } });
export const defineField = (tenant: string, body: Shapes["FieldToDefineRequest"]) => post(FIELDS, { path: { tenant }, body });
export const setMasking = (tenant: string, masks_customers: boolean) => put(FIELDS, { path: { tenant }, body: { masks_customers } });
