import type { components } from "../../shared/api";
import { address } from "../../shared/api/typed";
import type { AgentStatus } from "../../shared/model";
import { get, patch, post, put } from "../api";

const ASSIGN = "/api/desk/floor/work/{work_item}/assign";

export const floor = () => get("/api/desk/floor");
export const askedClients = () => get("/api/desk/floor/asked-clients");
export const noReply = () => get("/api/desk/floor/no-reply");
export const setAgentState = (agent: string, status: AgentStatus, reason = "") =>
  post("/api/desk/floor/agents/{agent}/state", { path: { agent }, body: { status, reason } });
export const candidates = async (work_item: string) => (await get(ASSIGN, { path: { work_item } })).agents;
export const assign = (work_item: string, agent: string) => post(ASSIGN, { path: { work_item }, body: { agent } });

type Shapes = components["schemas"];
export type AgentDay = Shapes["AgentDay"];
export type Span = Shapes["Span"];
export type AgentTime = Shapes["AgentTime"];
export type ClientTime = Shapes["ClientTime"];
export type ItemTime = Shapes["ItemTime"];
export type Capacity = Shapes["CapacityNow"];

export interface Range {
  from?: string;
  to?: string;
}

const REASONS = "/api/desk/state-reasons";
const CAPACITY = "/api/desk/agents/{agent}/capacity";

export const addReason = (body: Shapes["NewReasonRequest"]) => post(REASONS, { body });
export const changeReason = (body: Shapes["PatchedReasonChangeRequest"] & { code: string }) => patch(REASONS, { body });
export const orderReasons = (body: Shapes["ReasonOrderRequest"]) => post("/api/desk/state-reasons/order", { body });

export const day = (asked: { day?: string; agent?: string }) => get("/api/desk/presence", { query: asked });
export const dayCsv = (asked: { day?: string; agent?: string }) => address("/api/desk/presence.csv", {}, asked);
export const timeSheet = (range: Range) => get("/api/desk/time", { query: range });
export const agentTime = (agent: string, range: Range) => get("/api/desk/time/{agent}", { path: { agent }, query: range });
export const timeCsv = (asked: Range & { agent?: string }) => address("/api/desk/time.csv", {}, asked);

export const capacity = (agent: string) => get(CAPACITY, { path: { agent } });
export const setCapacity = (agent: string, body: Shapes["CapacityRequest"]) => put(CAPACITY, { path: { agent }, body });
