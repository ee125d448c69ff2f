/** The one way to the API: session cookie, CSRF header, one shape for every error. */

import { noteServerTime } from "../time/now";

/** What went wrong, by the server's code; ``offline`` if the server could not be asked at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }

  get offline(): boolean {
    return this.status === 0;
  }

  /** The server is there and cannot serve now: the same again, a little later. */
  get away(): boolean {
    return this.status >= 502 && this.status <= 504;
  }
}

type Body = object | FormData | undefined;

export const get = <T>(path: string, signal?: AbortSignal) => ask<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body?: Body) => ask<T>("POST", path, body ?? {});
export const patch = <T>(path: string, body: Body) => ask<T>("PATCH", path, body);

/** Ask the API; throws ApiError. An empty answer is ``undefined``. */
export async function ask<T>(method: string, path: string, body?: Body, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal);
  const text = await response.text();
  const answer: unknown = text && isJson(response) ? JSON.parse(text) : undefined;
  if (!response.ok) throw asError(response, answer);
  return answer as T;
}

/** As ``ask``, but gives status and body without judging them (allauth speaks by status). */
export async function exchange(method: string, path: string, body?: Body): Promise<{ status: number; answer: unknown }> {
  const response = await send(method, path, body);
  const text = await response.text();
  return { status: response.status, answer: text && isJson(response) ? JSON.parse(text) : undefined };
}

async function send(method: string, path: string, body: Body, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": document.documentElement.lang || "en" };
  if (method !== "GET") headers["X-CSRFToken"] = await csrfToken();
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body && (isForm ? body : JSON.stringify(body)),
      credentials: "same-origin",
      signal,
    });
    noteServerTime(response.headers.get("date"));
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "offline", "The server could not be reached.");
  }
}

function isJson(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").includes("json");
}

function asError(response: Response, answer: unknown): ApiError {
  const body = (answer ?? {}) as { code?: string; message?: string; fields?: Record<string, string> };
  const code = body.code ?? (response.status === 401 ? "sign_in" : response.status === 403 ? "not_allowed" : "server");
  return new ApiError(response.status, code, body.message ?? response.statusText, body.fields);
}

async function csrfToken(): Promise<string> {
  const known = cookie("csrftoken");
  if (known) return known;
  await fetch("/api/csrf", { credentials: "same-origin" }).catch(() => undefined);
  return cookie("csrftoken") ?? "";
}

function cookie(name: string): string | undefined {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}
