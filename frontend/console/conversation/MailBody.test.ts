import { expect, test } from "vitest";

import { mailDocument } from "./MailBody";

test("a mail's document forbids everything that runs or is fetched, before the mail's own text", () => {
  const document = mailDocument("<img src=x>", { text: "black", link: "blue" });
  const policy = document.indexOf("default-src 'none'");
  expect(policy).toBeGreaterThan(0);
  expect(policy).toBeLessThan(document.indexOf("<img"));
  expect(document).not.toMatch(/script-src|connect-src|https?:/);
});
