import { expect, test } from "vitest";

import { inkOn } from "./color";
import { describeHours, describeRest, describeWait, nameInstant, nameWait } from "./hours";
import { describePromise, nameWindow } from "./instead";
import { chooseLanguage, nameLanguages, orderLanguages } from "./language";
import { countCharacters, nameSize, sortFiles } from "./limits";
import { speak as say } from "./words";
import { en } from "./words/en";
import { it } from "./words/it";

const speak = (language: "en" | "it") => say({ en, it }[language]);

test("the page's language wins, then the browser's, among the shop's languages", () => {
  expect(chooseLanguage(["it-IT", "en"], ["en", "it"])).toBe("it");
  expect(chooseLanguage(["fr", "en-GB"], ["it", "en"])).toBe("en");
  expect(chooseLanguage(["fr"], ["it", "en"])).toBe("it");
  expect(chooseLanguage([null, undefined, ""], [])).toBe("en");
  expect(chooseLanguage(["nl"], ["nl", "sv"])).toBe("en");
});

test("the shop's languages come first and none is lost", () => {
  expect(orderLanguages(["de", "en"])).toEqual(["de", "en", "es", "it", "fr", "pt"]);
  expect(nameLanguages(["it", "en"], "en")).toBe("Italian and English");
});

const now = new Date("2026-01-16T15:30:00Z");

test("opening hours are told in the shopper's zone, with the day when it is another", () => {
  expect(nameInstant("2026-01-16T17:00:00Z", "en-GB", now, "Europe/Rome")).toBe("18:00");
  expect(nameInstant("2026-01-19T08:00:00Z", "en-GB", now, "Europe/Rome")).toBe("Monday 09:00");
  const hours = { open_now: true, next_change: "2026-01-16T17:00:00Z", time_zone: "Europe/Rome" };
  expect(describeHours(hours, "it", speak("it"), now, "Europe/Rome")).toBe("Aperto fino alle 18:00");
  expect(describeHours({ ...hours, next_change: null }, "en", speak("en"), now)).toBe("Open now");
});

test("a wait is said as the server gives it, and never invented", () => {
  expect(nameWait(1, "en")).toBe("1 minute");
  expect(nameWait(20, "it")).toBe("20 minuti");
  expect(describeWait({ kind: "about", minutes: 3 }, "en", speak("en"))).toContain("3 minutes");
  expect(describeWait({ kind: "closed", minutes: 0 }, "en", speak("en"))).toBe(speak("en")("wait_closed"));
  expect(describeRest({ kind: "about", minutes: 3 }, "it", speak("it"))).toBe("circa 3 minuti");
  expect(describeRest({ kind: "unknown", minutes: 0 }, "en", speak("en"))).toBe(speak("en")("queue_unknown"));
});

test("a time to be called is named with its day, in the shopper's zone", () => {
  const window = { starts_at: "2026-01-19T09:00:00Z", ends_at: "2026-01-19T11:00:00Z" };
  const now = new Date("2026-01-16T15:00:00Z");
  expect(nameWindow(window, "it", now, "Europe/Rome")).toBe("lunedì 10:00 – 12:00");
  expect(nameWindow(window, "en", new Date("2026-01-19T07:00:00Z"), "Europe/Rome")).toBe("10:00 – 12:00");
  expect(describePromise({ kind: "mail", email: "a@b.example" }, "en", speak("en"))).toContain("a@b.example");
});

test("files over the limits are named with the reason, the others stay", () => {
  const file = (name: string, size: number) => new File([new Uint8Array(size)], name);
  const limits = { message_chars: 10, attachment_bytes: 2048, attachments: 2 };
  const sorted = sortFiles(
    [file("a", 1)],
    [file("big", 4096), file("none", 0), file("b", 1), file("c", 1)],
    limits,
    "en",
    speak("en"),
  );
  expect(sorted.kept.map((kept) => kept.name)).toEqual(["a", "b"]);
  expect(sorted.refusals).toHaveLength(3);
  expect(sorted.refusals[0]).toContain("big");
});

test("sizes and characters are counted as people and the server do", () => {
  expect(nameSize(10 * 1024 * 1024, "en")).toBe("10 MB");
  expect(countCharacters("a👍é")).toBe(3);
});

test("text on the shop's colour is readable", () => {
  expect(inkOn("#ffffff")).toBe("#17150f");
  expect(inkOn("#1c3d5a")).toBe("#fff");
  expect(inkOn("#ffd43b")).toBe("#17150f");
  expect(inkOn("nonsense")).toBe("#fff");
});
