/** The SHA-256 of bytes as hex; null where the browser offers no cryptography (a page without TLS). */
export async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 in what was typed or pasted, whatever stands around it or between its digits; null where there is none. */
export function hashIn(text: string): string | null {
  const bare = text.replace(/SHA-?256/gi, "").replace(/[^0-9a-z]/gi, "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(bare) ? bare : null;
}
