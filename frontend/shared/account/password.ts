/** Links to set a password, the same at both doors. */

import { exchange } from "../api/http";

export type Outcome = "done" | "gone" | "weak" | "tooMany" | "unreachable";

export interface Owner {
  name: string;
  email: string;
}

/** The token stands behind the # of the address: no server and no other page ever sees it. */
export function tokenHere(): string {
  return location.hash.replace(/^#/, "");
}

export async function askAnew(email: string): Promise<Outcome> {
  return (await ask("/api/password/forgotten", { email })).outcome;
}

/** Whose link this is; null if it works no more. */
export async function ownerOf(token: string): Promise<Owner | null> {
  const { outcome, answer } = await ask("/api/password/link", { token });
  return outcome === "done" ? (answer as Owner) : null;
}

/** ``why`` is what the server says of a password that will not do. */
export async function setPassword(token: string, password: string): Promise<{ outcome: Outcome; why: string }> {
  const { outcome, answer } = await ask("/api/password/set", { token, password });
  const fields = (answer as { fields?: Record<string, string> } | undefined)?.fields;
  return { outcome, why: fields?.password ?? "" };
}

async function ask(path: string, body: object): Promise<{ outcome: Outcome; answer: unknown }> {
  try {
    const { status, answer } = await exchange("POST", path, body);
    const outcome = status === 200 ? "done" : status === 410 ? "gone" : status === 429 ? "tooMany" : status === 400 ? "weak" : "unreachable";
    return { outcome, answer };
  } catch {
    return { outcome: "unreachable", answer: undefined };
  }
}
