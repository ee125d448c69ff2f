import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError } from "../../shared/api/http";
import { toast } from "../../shared/components/Toast";
import { useWords, type Key } from "../words/load";
import * as api from "./api";

const REFUSALS = ["week_empty", "week_too_large", "nobody_there", "nothing_changed", "too_many_open", "already_over", "week_unsound"] as const;

/** The words for why the server said no. */
export function refusalKey(error: unknown): Key {
  const code = error instanceof ApiError ? error.code : "";
  const known = REFUSALS.find((each) => each === code);
  return known ? `planning.refused.${known}` : "planning.refused.other";
}

/** Ask, and open what was asked for. */
export function useAsking() {
  const say = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const ask = async (asked: api.Asked) => {
    setIsBusy(true);
    try {
      const made = await api.ask(asked);
      await client.invalidateQueries({ queryKey: ["planning"], exact: true });
      await navigate({ to: "/planning/$whatIf", params: { whatIf: made.id } });
    } catch (error) {
      toast(say(refusalKey(error)), { kind: "risk" });
    } finally {
      setIsBusy(false);
    }
  };
  return { ask, isBusy };
}
