import { get, post } from "../api";

const CUSTOMERS = "/api/desk/clients/{tenant}/customers";
const ONE = `${CUSTOMERS}/{customer}` as const;

/** The words travel in the body: addresses of requests are written to logs, and people are named here. */
export const search = async (tenant: string, words: string) => (await post(`${CUSTOMERS}/search`, { path: { tenant }, body: { words } })).results;
export const record = (tenant: string, customer: string) => get(ONE, { path: { tenant, customer } });
export const erase = (tenant: string, customer: string, confirm: string, reason: Reason) =>
  post(`${ONE}/erase`, { path: { tenant, customer }, body: { confirm, reason } });
export const erasures = (tenant: string, page: number) => get("/api/desk/clients/{tenant}/erasures", { path: { tenant }, query: { page } });

export const exportPath = (tenant: string, customer: string) => `/api/desk/clients/${tenant}/customers/${customer}/export`;
export const certificatePath = (tenant: string, customer: string) => `/api/desk/clients/${tenant}/customers/${customer}/certificate`;
export const filePath = (tenant: string, file: string) => `/api/desk/clients/${tenant}/attachments/${file}`;

export const REASONS = ["person", "client", "retention"] as const;
export type Reason = (typeof REASONS)[number];
