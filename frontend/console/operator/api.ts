import { get, post } from "../../shared/api/http";
import type { BilledConversation, BillingRow, Invoice, NewShop, Page, Person } from "../../shared/model-floor";
import type { Client } from "../../shared/model";
import { withQuery } from "../api";

export const billing = (month: string) => get<BillingRow[]>(`/api/desk/billing?month=${month}`);
export const draft = (tenant: string, month: string) => post<Invoice>(`/api/desk/clients/${tenant}/invoices`, { month });
export const invoice = (id: string) => get<Invoice>(`/api/desk/invoices/${id}`);
export const behind = (id: string, line: string, page?: string) =>
  get<Page<BilledConversation>>(withQuery(`/api/desk/invoices/${id}/lines/${line}/conversations`, { page }));
export const issue = (id: string) => post<Invoice>(`/api/desk/invoices/${id}/issue`);
export const pdfPath = (id: string) => `/api/desk/invoices/${id}/pdf`;
export const openShop = (shop: NewShop) => post<Client>("/api/desk/clients", shop);
export const people = async () => {
  const answer = await get<Person[] | Page<Person>>("/api/desk/people");
  return Array.isArray(answer) ? answer : answer.results;
};
