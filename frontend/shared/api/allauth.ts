/** Sign-in by allauth's headless browser API, which speaks by status and pending flows. */

import { ApiError, exchange } from "./http";

const BASE = "/_allauth/browser/v1";

export type Outcome = "in" | "code" | "out" | "wrong" | "locked";

interface Answer {
  data?: { flows?: { id: string; is_pending?: boolean }[]; [more: string]: unknown };
  meta?: { is_authenticated?: boolean; secret?: string; totp_url?: string };
  errors?: { code: string; message: string }[];
}

function read(status: number, answer: unknown): Outcome {
  const { data, meta } = (answer ?? {}) as Answer;
  if (status === 200 || meta?.is_authenticated) return "in";
  if (data?.flows?.some((flow) => flow.id === "mfa_authenticate" && flow.is_pending)) return "code";
  if (status === 401) return "out";
  if (status === 403 || status === 429) return "locked";
  if (status >= 500) throw new ApiError(status, "server", "");
  return "wrong";
}

async function step(method: string, path: string, body?: object): Promise<Outcome> {
  const { status, answer } = await exchange(method, BASE + path, body);
  return read(status, answer);
}

export const whoIsIn = () => step("GET", "/auth/session");
export const signIn = (email: string, password: string) => step("POST", "/auth/login", { email, password });
export const giveCode = (code: string) => step("POST", "/auth/2fa/authenticate", { code });
export const signOut = () => step("DELETE", "/auth/session");

const TOTP = "/account/authenticators/totp";
const CODES = "/account/authenticators/recovery-codes";

/** The key to add to an authenticator app; null if two-step sign-in is already on. */
export async function totpKey(): Promise<{ secret: string; url: string } | null> {
  const { status, answer } = await exchange("GET", BASE + TOTP);
  if (status === 200) return null;
  const { meta } = (answer ?? {}) as Answer;
  if (status === 404 && meta?.secret) return { secret: meta.secret, url: meta.totp_url ?? "" };
  throw new ApiError(status, status === 401 ? "reauthenticate" : "server", "");
}

/** Turn two-step sign-in on with a code of the app; false if the code is wrong. */
export async function turnOnTotp(code: string): Promise<boolean> {
  const { status } = await exchange("POST", BASE + TOTP, { code });
  if (status === 401) throw new ApiError(status, "reauthenticate", "");
  return status === 200;
}

export async function turnOffTotp(): Promise<void> {
  const { status } = await exchange("DELETE", BASE + TOTP);
  if (status !== 200) throw new ApiError(status, status === 401 ? "reauthenticate" : "server", "");
}

/** The recovery codes not yet used. */
export async function recoveryCodes(): Promise<string[]> {
  const { status, answer } = await exchange("GET", BASE + CODES);
  const data = (answer as { data?: { unused_codes?: string[] } } | undefined)?.data;
  return status === 200 ? (data?.unused_codes ?? []) : [];
}

/** Ten fresh ones; those before are worth nothing from then on. */
export async function newRecoveryCodes(): Promise<string[]> {
  const { status, answer } = await exchange("POST", BASE + CODES);
  if (status === 401) throw new ApiError(status, "reauthenticate", "");
  return (answer as { data?: { unused_codes?: string[] } } | undefined)?.data?.unused_codes ?? [];
}

/** Prove the password again, where allauth asks for it. */
export const proveAgain = (password: string) => step("POST", "/auth/reauthenticate", { password });
