import type { components } from "../../shared/api";
import { get, patch, post, put, remove } from "../api";

type Shapes = components["schemas"];

export type Card = Shapes["PersonCard"];
export type Spell = Shapes["LeaveSpell"];
export type Skill = Shapes["SkillLine"];
export type Invitation = Shapes["OpenInvitation"];
export type Pair = Shapes["Rivals"];
export type Effects = Shapes["RosterEffects"];
export type Able = Shapes["AbleOne"];
export type ApiKey = Shapes["KeyHead"];
export type NewPerson = Shapes["NewPersonRequest"];
type StaffRole = NonNullable<Shapes["PatchedPersonChangeRequest"]["roles"]>[number];

const PERSON = "/api/desk/people/{person}";
const CLIENT = "/api/desk/clients/{tenant}";

export const people = () => get("/api/desk/people");
export const card = (person: string) => get(PERSON, { path: { person } });
export const hire = (body: NewPerson) => post("/api/desk/people", { body });
export const setActive = (person: string, is_active: boolean) => patch(PERSON, { path: { person }, body: { is_active } });
export const setRoles = (person: string, roles: StaffRole[]) => patch(PERSON, { path: { person }, body: { roles } });

export const invitations = () => get("/api/desk/invitations");
export const sendLink = (person: string) => post(`${PERSON}/password-link`, { path: { person } });
export const revokeLink = (person: string) => remove(`${PERSON}/password-link`, { path: { person } });
export const endSessions = (person: string) => remove(`${PERSON}/sessions`, { path: { person } });
export const unlock = (person: string) => remove(`${PERSON}/lock`, { path: { person } });
export const dropSecondFactor = (person: string) => remove(`${PERSON}/second-factor`, { path: { person } });

export const grant = (body: Shapes["LeaveOfManyRequest"]) => post("/api/desk/accreditations/grant", { body });
export const withdraw = (body: Shapes["EndOfManyRequest"]) => post("/api/desk/accreditations/withdraw", { body });
export const setLevel = (people: string[], code: string, level: number | null) => post("/api/desk/skills/level", { body: { people, code, level } });
export const setSwitchLimit = (agent: string, switches_per_hour: number | null) =>
  put("/api/desk/floor/agents/{agent}/switch-limit", { path: { agent }, body: { switches_per_hour } });

export const skills = () => get("/api/desk/skills");
export const addSkill = (body: Shapes["NewSkillRequest"]) => post("/api/desk/skills", { body });
export const renameSkill = (code: string, name: string) => patch("/api/desk/skills", { body: { code, name } });

export const rivals = () => get("/api/desk/rivals");
export const barRivals = (both: Shapes["RivalIdsRequest"]) => post("/api/desk/rivals", { body: both });
export const allowRivals = (both: Shapes["RivalIdsRequest"]) => post("/api/desk/rivals/allow", { body: both });

export const rosterCsv = "/api/desk/people.csv";
export const bring = (content: string, write: boolean) => post("/api/desk/people/import", { body: { content, write } });

export const couldServe = (tenant: string, at?: string) => get(`${CLIENT}/could-serve`, { path: { tenant }, query: { at } });

export const keys = (tenant: string) => get(`${CLIENT}/keys`, { path: { tenant } });
export const makeKey = (tenant: string, body: Shapes["NewShopKeyRequest"]) => post(`${CLIENT}/keys`, { path: { tenant }, body });
export const revokeKey = (tenant: string, key: string) => remove(`${CLIENT}/keys/{key}`, { path: { tenant, key } });

