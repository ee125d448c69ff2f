import type { NewShop } from "../../shared/model";
import { get, post } from "../api";

const INVOICE = "/api/desk/invoices/{invoice}";

export const billing = (month: string) => get("/api/desk/billing", { query: { month } });
export const draft = (tenant: string, month: string) =>
  post("/api/desk/clients/{tenant}/invoices", { path: { tenant }, body: { month } });
export const invoice = (id: string) => get(INVOICE, { path: { invoice: id } });
export const behind = (id: string, line: string, page?: number) =>
  get(`${INVOICE}/lines/{line}/conversations`, { path: { invoice: id, line }, query: { page } });
export const issue = (id: string) => post(`${INVOICE}/issue`, { path: { invoice: id } });
export const pdfPath = (id: string) => `/api/desk/invoices/${id}/pdf`;
export const openShop = (shop: NewShop) => post("/api/desk/clients", { body: shop });
export const people = () => get("/api/desk/people");
