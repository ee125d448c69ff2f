import type { components } from "../../shared/api";
import type { QueueChoice } from "../../shared/model";
import { get, post, put, remove as del } from "../api";

const SHOP = "/api/desk/clients/{tenant}" as const;

export const shops = () => get("/api/desk/clients");
export const shop = (tenant: string) => get(SHOP, { path: { tenant } });
export const suspend = (tenant: string) => post(`${SHOP}/suspend`, { path: { tenant } });
export const resume = (tenant: string) => post(`${SHOP}/resume`, { path: { tenant } });
export const remove = (tenant: string, confirm: string) => post(`${SHOP}/delete`, { path: { tenant }, body: { confirm } });
export const embed = async (tenant: string, origins: string[]) => (await put(`${SHOP}/embedding`, { path: { tenant }, body: { origins } })).origins;
export const allowPeeks = (tenant: string, is_on: boolean) => put(`${SHOP}/peeks`, { path: { tenant }, body: { is_on } });
export const queues = (tenant: string) => get(`${SHOP}/queues`, { path: { tenant } });
export const setQueue = (tenant: string, body: QueueChoice) => put(`${SHOP}/queues`, { path: { tenant }, body });
export const exportPath = (tenant: string) => `/api/desk/clients/${tenant}/export`;

type Shapes = components["schemas"];
export type Contract = Shapes["Contract"];
export type ContractVersion = Shapes["ContractVersion"];

const VERSION = `${SHOP}/contract/versions/{version}` as const;

export const contract = (tenant: string) => get(`${SHOP}/contract`, { path: { tenant } });
export const contractVersion = (tenant: string, version: string) => get(VERSION, { path: { tenant, version } });
export const draftContract = (tenant: string, body: Shapes["NewVersionRequest"]) => post(`${SHOP}/contract`, { path: { tenant }, body });
export const redraftContract = (tenant: string, version: string, body: Shapes["VersionTermsRequest"]) => put(VERSION, { path: { tenant, version }, body });
export const discardContract = (tenant: string, version: string) => del(VERSION, { path: { tenant, version } });
export const offerContract = (tenant: string, version: string, name: string) => post(`${VERSION}/offer`, { path: { tenant, version }, body: { name } });
export const takeContractBack = (tenant: string, version: string) => del(`${VERSION}/offer`, { path: { tenant, version } });

export const dropLogo = (tenant: string) => del(`${SHOP}/logo`, { path: { tenant } });
export function setLogo(tenant: string, file: File) {
  const form = new FormData();
  form.set("file", file);
  return put(`${SHOP}/logo`, { path: { tenant }, body: form });
}

export type ClientReports = Shapes["ClientReports"];
export type IssuedReport = Shapes["IssuedReport"];
export type ReportPlanChoice = Shapes["ReportPlanChoiceRequest"];

export const reports = (tenant: string) => get(`${SHOP}/reports`, { path: { tenant } });
export const chooseReportPlan = (tenant: string, body: ReportPlanChoice) => put(`${SHOP}/reports/plan`, { path: { tenant }, body });
export const dropReportPlan = (tenant: string) => del(`${SHOP}/reports/plan`, { path: { tenant } });
export const issueReport = (tenant: string, month: string) => post(`${SHOP}/reports`, { path: { tenant }, body: { month } });
export const sendReport = (tenant: string, report: string, recipients: string[]) =>
  post(`${SHOP}/reports/{report}/send`, { path: { tenant, report }, body: { recipients } });
