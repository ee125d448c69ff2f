import type { components } from "../../shared/api";
import { get, post, remove } from "../api";

type Shapes = components["schemas"];
export type Planning = Shapes["Planning"];
export type WeekCount = Shapes["WeekCount"];
export type WeekPage = Shapes["PlanWeekPage"];
export type Group = Shapes["PlanGroup"];
export type Head = Shapes["WhatIfHead"];
export type WhatIf = Shapes["WhatIfPage"];
export type Line = Shapes["WhatIfLine"];
export type Training = Shapes["Training"];
export type Figure = Shapes["Figure"];
export type Figures = Shapes["Figures"];
export type PlainFigures = Shapes["PlainFigures"];
export type Hours = Shapes["HourLines"];
export type Asked = Shapes["WhatIfAskedRequest"];

const WHAT_IF = "/api/desk/planning/what-ifs/{what_if}";

export const planning = () => get("/api/desk/planning");
export const week = (day: string, clients: readonly string[]) =>
  get("/api/desk/planning/week", { query: { day, clients: clients.join(",") } });
export const ask = (asked: Asked) => post("/api/desk/planning/what-ifs", { body: asked });
export const whatIf = (what_if: string) => get(WHAT_IF, { path: { what_if } });
export const cancel = (what_if: string) => post(`${WHAT_IF}/cancel`, { path: { what_if } });
export const forget = (what_if: string) => remove(WHAT_IF, { path: { what_if } });
export const scenarioLink = (what_if: string) => `/api/desk/planning/what-ifs/${what_if}/scenario`;

export const isOpen = (head: Pick<Head, "state">) => head.state === "waiting" || head.state === "playing";
