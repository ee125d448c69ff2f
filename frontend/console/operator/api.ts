import { address } from "../../shared/api/typed";
import type { DisputeAsked, NewShop } from "../../shared/model";
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

const QUARANTINED = "/api/desk/clients/{tenant}/quarantine/{receipt}";

export const heldUp = () => get("/api/desk/held-up");
export const heldUpAt = (tenant: string) => get("/api/desk/clients/{tenant}/held-up", { path: { tenant } });
export const openQuarantined = (tenant: string, receipt: string) => get(QUARANTINED, { path: { tenant, receipt } });
export const handleAgain = (tenant: string, receipt: string) => post(`${QUARANTINED}/handle-again`, { path: { tenant, receipt } });
export const setAside = (tenant: string, receipt: string, reason: string) =>
  post(`${QUARANTINED}/set-aside`, { path: { tenant, receipt }, body: { reason } });

export interface Narrowing {
  person?: string;
  client?: string;
  action?: string;
  from?: string;
  to?: string;
}

export const audit = (asked: Narrowing, page: number) => get("/api/desk/audit", { query: { ...asked, page } });
export const auditActions = async () => (await get("/api/desk/audit/actions")).actions;
export const auditCsv = (asked: Narrowing) => address("/api/desk/audit.csv", {}, asked);

const DISPUTE = "/api/desk/clients/{tenant}/disputes/{dispute}";

export const disputes = (state: DisputeAsked, client: string | undefined, page: number) =>
  get("/api/desk/disputes", { query: { state, client, page } });
export const dispute = (tenant: string, dispute: string) => get(DISPUTE, { path: { tenant, dispute } });
export const answerDispute = (tenant: string, dispute: string, accept: boolean, reason: string) =>
  post(`${DISPUTE}/answer`, { path: { tenant, dispute }, body: { accept, reason } });
