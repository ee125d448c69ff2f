/** The portal's API at the shop's own host. Shares and amounts are shown, never computed from here. */

import type { components, paths } from "../shared/api-shop";
import { address, callsOf } from "../shared/api/typed";

const { get, post, patch } = callsOf<paths>();
type Shapes = components["schemas"];

export type Decimal = string | number;
export type Outcome = "met" | "breached" | "running" | "excluded";

export type Me = Shapes["Me"];
export type Client = Shapes["Client"];
export type Overview = Shapes["PortalOverview"];
export type Clause = Shapes["PortalClause"];
export type LiveQueue = Shapes["PortalQueue"];
export type Clock = Shapes["ClockShape"];
export type Quality = Shapes["PortalQuality"];
export type Row = Shapes["PortalConversationRow"];
export type Case = Shapes["PortalConversation"];
export type Message = Shapes["PortalMessage"];
export type LedgerClock = Shapes["ClockWithLedger"];
export type LedgerEvent = Shapes["LedgerEvent"];
export type Report = Shapes["ListedReport"];
export type Arithmetic = Shapes["ExplainedClock"];
export type Invoice = Shapes["PortalInvoice"];
export type Contract = Shapes["Contract"];
export type ContractVersion = Shapes["ContractVersion"];
export type InvoiceLine = Shapes["PortalInvoiceLine"];

export type EvaluationHead = Shapes["ClientEvaluationHead"];
export type Evaluation = Shapes["ClientEvaluation"];
export type EvaluationDispute = Shapes["EvaluationDispute"];
export type Question = Shapes["ScorecardQuestion"];
export type Answer = Evaluation["answers"][string];

export type Approval = Shapes["Approval"];
export type OpenedApproval = Shapes["PortalApproval"];
export type GivenAnswer = Shapes["GivenAnswerRequest"];
export type Taken = Shapes["ClientTaken"];
export type Dispute = Shapes["Dispute"];
export type DisputeHead = Shapes["DisputeHead"];
export type Verdict = Shapes["ClauseVerdict"];
export type Claim = Shapes["DisputeClaim"];
export type DisputeAsked = "open" | "overdue" | "accepted" | "rejected";

export const FILTERS = ["clause", "outcome", "channel", "language", "status", "reason", "day", "queue", "report"] as const;
export type Filters = { month?: string } & Partial<Record<(typeof FILTERS)[number], string>>;

export const me = () => get("/api/me");
export const shop = async () => (await get("/api/widget/config")).shop;
type Lang = NonNullable<Shapes["PatchedMyChoicesRequest"]["language"]>;

export const overview = (month: string, lang: Lang) => get("/api/portal/overview", { query: { month, lang } });
export const conversations = (filters: Filters, page: number, lang: Lang) =>
  get("/api/portal/conversations", { query: { ...filters, page, lang } });
export const conversation = (id: string, lang: Lang) =>
  get("/api/portal/conversations/{conversation}", { path: { conversation: id }, query: { lang } });
export const live = () => get("/api/portal/live");
export const recompute = (clock: string, lang: Lang) =>
  get("/api/portal/clocks/{clock}/recompute", { path: { clock }, query: { lang } });
export const evaluations = (page: number) => get("/api/portal/evaluations", { query: { page } });
export const evaluation = (id: string) => get("/api/portal/evaluations/{evaluation}", { path: { evaluation: id } });
export const disputeEvaluation = (id: string, reasons: Record<string, string>) =>
  post("/api/portal/evaluations/{evaluation}/dispute", { path: { evaluation: id }, body: { reasons } });

export const disputes = (state: DisputeAsked | undefined, page: number, lang: Lang) =>
  get("/api/portal/disputes", { query: { state, page, lang } });
export const dispute = (clock: string, body: { clause: string; claim: Claim; reason: string }) =>
  post("/api/portal/clocks/{clock}/disputes", { path: { clock }, body });
export const exportOf = (what: "items" | "attainment" | "quality", form: "csv" | "json", asked: object) =>
  address(`/api/portal/${what}.${form}`, {}, asked);
export const quality = (month: string) => get("/api/portal/quality", { query: { month } });
export const reports = () => get("/api/portal/reports");
export const PREVIEW = "/api/portal/reports/preview";
export const checkReport = (report: string) => get("/api/portal/reports/{report}", { path: { report } });
/** In the shop's own language. */
export const issueReport = (month: string) => post("/api/portal/reports", { body: { month } });
export const invoices = (lang: Lang) => get("/api/portal/invoices", { query: { lang } });
export const lineConversations = (invoice: string, line: string, page: number) =>
  get("/api/portal/invoices/{invoice}/lines/{line}/conversations", { path: { invoice, line }, query: { page } });
export const setLanguage = (language: Lang) =>
  patch("/api/me", { body: { language } });
export const approvals = (status: "open" | "done", page: number) => get("/api/portal/approvals", { query: { status, page } });
export const approvalsWaiting = () => get("/api/portal/approvals/waiting");
export const approval = (id: string) => get("/api/portal/approvals/{approval}", { path: { approval: id } });
export const answerApproval = (id: string, given: GivenAnswer) => post("/api/portal/approvals/{approval}/answer", { path: { approval: id }, body: given });
/** The link's token goes in a body: no address that a server notes down ever has it. */
export const lookAtLink = (token: string) => post("/api/approval-link/look", { body: { token } });
export const answerByLink = (token: string, given: GivenAnswer) => post("/api/approval-link/answer", { body: { token, ...given } });
export const contract = () => get("/api/portal/contract");
export const contractVersion = (version: string) => get("/api/portal/contract/versions/{version}", { path: { version } });
export const signContract = (version: string, name: string, terms_sha256: string) =>
  post("/api/portal/contract/versions/{version}/sign", { path: { version }, body: { name, terms_sha256 } });
