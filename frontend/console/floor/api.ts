import type { AgentStatus } from "../../shared/model";
import { get, post } from "../api";

const ASSIGN = "/api/desk/floor/work/{work_item}/assign";

export const floor = () => get("/api/desk/floor");
export const setAgentState = (agent: string, status: AgentStatus, reason = "") =>
  post("/api/desk/floor/agents/{agent}/state", { path: { agent }, body: { status, reason } });
export const candidates = async (work_item: string) => (await get(ASSIGN, { path: { work_item } })).agents;
export const assign = (work_item: string, agent: string) => post(ASSIGN, { path: { work_item }, body: { agent } });
