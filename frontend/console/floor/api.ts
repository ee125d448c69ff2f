import { get, post } from "../../shared/api/http";
import type { Floor } from "../../shared/model-floor";
import type { AgentStatus } from "../../shared/model";

export const floor = () => get<Floor>("/api/desk/floor");
export const setAgentState = (agent: string, status: AgentStatus, reason = "") =>
  post(`/api/desk/floor/agents/${agent}/state`, { status, reason });
export const assign = (work: string, agent: string) => post(`/api/desk/floor/work/${work}/assign`, { agent });
