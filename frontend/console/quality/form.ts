/** A form while it is filled: every change is kept on the server a moment later, and the time spent on it is measured. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";

import { toast } from "../../shared/components/Toast";
import type { Answer, EvaluationForm, KeptForm, Pin } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { askedIn } from "./scoring";

const KEEP_AFTER_MS = 1200;
/** Whoever neither types nor points for so long does something else. */
const IDLE_MS = 60_000;

export type Form = Required<KeptForm>;

interface Place {
  tenant: string;
  conversation: string;
  work: string;
  opened: EvaluationForm;
}

export interface Filled {
  kept: Form;
  savedAt: string | null;
  isBusy: boolean;
  set: (change: Partial<Form>) => void;
  answer: (code: string, given: Answer) => void;
  comment: (code: string, text: string) => void;
  pin: (pin: Pin) => void;
  unpin: (pin: Pin) => void;
  submit: () => void;
  discard: () => void;
}

export function useForm({ tenant, conversation, work, opened }: Place): Filled {
  const say = useWords();
  const attempt = useTry();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [kept, setKept] = useState<Form>(() => ({ ...(opened.form as Form), pins: opened.form.pins ?? [] }));
  const [isBusy, setIsBusy] = useState(false);
  const seconds = useSeconds(opened.form.seconds);
  const { savedAt, forget } = useKeeping({ tenant, conversation, work, kept, seconds, first: opened.saved_at });
  const set = useCallback((change: Partial<Form>) => setKept((form) => ({ ...form, ...change })), []);
  const leave = async () => {
    await Promise.all(["finished", "evaluations", "to-evaluate"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    await navigate({ to: opened.origin === "manual" ? "/finished" : "/to-evaluate" });
  };
  const submit = async () => {
    setIsBusy(true);
    const asked = askedIn(opened.scorecard.definition, kept.answers, opened.channel);
    const filled = {
      ...kept,
      answers: Object.fromEntries(Object.entries(kept.answers).filter(([code]) => asked.has(code))),
      comments: Object.fromEntries(Object.entries(kept.comments).filter(([code, text]) => text.trim() && asked.has(code))),
      seconds: seconds(),
      work_item: work,
    };
    const made = await attempt(() => api.evaluate(tenant, conversation, filled));
    setIsBusy(false);
    if (!made) return;
    forget();
    toast(say(made.released_at ? "quality.submitted" : "quality.submittedLater", { name: made.agent.name }));
    await leave();
  };
  const discard = async () => {
    const before = kept;
    forget();
    if ((await attempt(() => api.discardForm(tenant, conversation, work).then(() => true))) !== true) return;
    setKept({ ...kept, answers: {}, comments: {}, summary: "", coaching: "", pins: [], release_on: null });
    toast(say("quality.discarded"), { act: { label: say("quality.undo"), run: () => setKept(before) } });
  };
  return {
    kept,
    savedAt,
    isBusy,
    set,
    answer: (code, given) => setKept((form) => ({ ...form, answers: { ...form.answers, [code]: given } })),
    comment: (code, text) => setKept((form) => ({ ...form, comments: { ...form.comments, [code]: text } })),
    pin: (pin) => setKept((form) => ({ ...form, pins: [...form.pins, pin] })),
    unpin: (pin) => setKept((form) => ({ ...form, pins: form.pins.filter((each) => each !== pin) })),
    submit: () => void submit(),
    discard: () => void discard(),
  };
}

interface Keeping {
  tenant: string;
  conversation: string;
  work: string;
  kept: Form;
  seconds: () => number;
  first: string | null;
}

/** Saves a moment after the last change, and when the page is left. */
function useKeeping({ tenant, conversation, work, kept, seconds, first }: Keeping) {
  const [savedAt, setSavedAt] = useState(first);
  const last = useRef(kept);
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = useCallback(
    async (form: Form) => {
      clearTimeout(pending.current);
      pending.current = undefined;
      try {
        const done = await api.keepForm(tenant, conversation, work, { ...form, seconds: seconds() });
        setSavedAt(done.saved_at);
      } catch {
        // It is tried again with the next change; nothing typed is lost on this page.
      }
    },
    [tenant, conversation, work, seconds],
  );
  useEffect(() => {
    if (last.current === kept) return;
    last.current = kept;
    clearTimeout(pending.current);
    pending.current = setTimeout(() => void save(kept), KEEP_AFTER_MS);
  }, [kept, save]);
  useEffect(() => {
    const flush = () => pending.current !== undefined && void save(last.current);
    const hide = () => document.visibilityState === "hidden" && flush();
    document.addEventListener("visibilitychange", hide);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      flush();
    };
  }, [save]);
  const forget = useCallback(() => {
    clearTimeout(pending.current);
    pending.current = undefined;
    setSavedAt(null);
  }, []);
  return { savedAt, forget };
}

/** Seconds of work: those in which the page was seen and somebody did something within the last minute. */
function useSeconds(before: number): () => number {
  const count = useRef(before);
  useEffect(() => {
    let active = Date.now();
    const note = () => (active = Date.now());
    const events = ["keydown", "pointerdown", "pointermove", "wheel"] as const;
    events.forEach((event) => window.addEventListener(event, note, { passive: true }));
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && Date.now() - active < IDLE_MS) count.current += 1;
    }, 1000);
    return () => {
      clearInterval(timer);
      events.forEach((event) => window.removeEventListener(event, note));
    };
  }, []);
  return useCallback(() => count.current, []);
}
