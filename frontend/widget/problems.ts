import { Refused } from "./api";
import type { Key } from "./words";

/** Why a message was not taken, in words for the shopper. */
export function problemKey({ status, code, fields }: Refused): Key {
  if (status === 413 || code === "too_many_files") return "too_much";
  if (fields.email) return "email_odd";
  if (status === 429) return "too_fast";
  if (status === 410 || status === 404) return "unavailable";
  return status >= 500 ? "server_down" : "not_sent";
}

/** Why a call or a mail could not be asked for. */
export function offerProblem(error: unknown): Key {
  if (!(error instanceof Refused)) return "offer_failed";
  if (error.fields.phone) return "phone_odd";
  if (error.fields.email) return "email_odd";
  if (error.code === "window_gone" || error.code === "taken") return error.code;
  return error.status === 429 ? "too_fast" : "offer_failed";
}
