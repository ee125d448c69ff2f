/** A draft of a scorecard while it is edited: kept on the server a moment after each change. */

import { useCallback, useEffect, useReducer, useRef, useState, type KeyboardEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { toast } from "../../shared/components/Toast";
import type { Definition, ScorecardInFull } from "../../shared/model";
import * as api from "./api";
import { step, type History } from "./editing";
import { inLanguage, questionsOf } from "./scoring";

const SAVE_AFTER_MS = 700;

export interface Editor {
  card: ScorecardInFull;
  history: History;
  state: "saved" | "saving" | "unsaved";
  change: (to: Definition) => void;
  undo: () => void;
  redo: () => void;
  onKey: (event: KeyboardEvent) => void;
  /** The question's or section's text, or its code. */
  nameOf: (code: string, language: string) => string;
}

export function useCard(tenant: string, opened: ScorecardInFull): Editor {
  const [card, setCard] = useState(opened);
  const [history, act] = useReducer(step, { past: [], now: opened.definition, future: [] });
  const { state, save } = useSaving(tenant, opened, history.now, setCard);
  const undo = useCallback(() => act({ type: "undo" }), []);
  const redo = useCallback(() => act({ type: "redo" }), []);
  const onKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key === "s") save();
    else if (key === "z" && event.shiftKey) redo();
    else if (key === "z") undo();
    else if (key === "y") redo();
    else return;
    event.preventDefault();
  };
  const nameOf = (code: string, language: string) => {
    const texts = questionsOf(history.now).find((each) => each.code === code)?.text ?? history.now.sections.find((each) => each.code === code)?.title;
    return (texts && inLanguage(texts, language)) || code;
  };
  return { card, history, state, change: useCallback((to: Definition) => act({ type: "change", to }), []), undo, redo, onKey, nameOf };
}

function useSaving(tenant: string, opened: ScorecardInFull, definition: Definition, done: (card: ScorecardInFull) => void) {
  const [state, setState] = useState<Editor["state"]>("saved");
  const kept = useRef({ definition: opened.definition, revision: opened.revision });
  const newest = useRef(definition);
  const isBusy = useRef(false);
  newest.current = definition;
  const save = useCallback(() => {
    const run = async () => {
      if (isBusy.current || newest.current === kept.current.definition) return;
      isBusy.current = true;
      setState("saving");
      const sent = newest.current;
      try {
        const saved = await api.saveCard(tenant, opened.id, sent, kept.current.revision);
        kept.current = { definition: sent, revision: saved.revision };
        done(saved);
        setState(newest.current === sent ? "saved" : "unsaved");
      } catch (error) {
        setState("unsaved");
        if (error instanceof ApiError && !error.offline) toast(error.message, { kind: "risk" });
      }
      isBusy.current = false;
      if (newest.current !== sent) setTimeout(() => void run(), SAVE_AFTER_MS);
    };
    void run();
  }, [tenant, opened.id, done]);
  useEffect(() => {
    if (definition === kept.current.definition) return;
    setState("unsaved");
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [definition, save]);
  useEffect(() => save, [save]);
  return { state, save };
}
