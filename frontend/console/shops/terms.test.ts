import { describe, expect, it } from "vitest";

import type { Terms } from "../../shared/contract/Terms";
import { withoutBlanks } from "./TermsForm";
import { errorAt } from "./TermsMore";

const TERMS = { calendars: {}, hours: {}, targets: [], clauses: [], languages: ["es"] } as unknown as Terms;

describe("what a contract agrees on beside its promises", () => {
  it("sends no line without an address, and no part that was switched off", () => {
    const report = { business_day: 3, time: "09:00", time_zone: "", language: "it", recipients: [" anna@acme.example ", "", "  "] };
    const sent = withoutBlanks({ ...TERMS, report, client_answer: null, quality: { goal: 90 } });
    expect(sent?.report).toEqual({ business_day: 3, time: "09:00", language: "it", recipients: ["anna@acme.example"] });
    expect(sent && "client_answer" in sent).toBe(false);
    expect(sent?.quality).toEqual({ goal: 90 });
    expect(withoutBlanks(undefined)).toBeUndefined();
  });

  it("shows a reason at its field, and says which line of several", () => {
    const errors = { "report.recipients[1]": "must be an address", "client_answer.seconds": "must be more than 0" };
    expect(errorAt(errors, "report.recipients")).toBe("2: must be an address");
    expect(errorAt(errors, "client_answer.seconds")).toBe("must be more than 0");
    expect(errorAt(errors, "report.day")).toBeUndefined();
  });
});
