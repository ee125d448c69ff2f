import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { TextArea } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import type { ShopSettings } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { Part } from "./ShopPage";

const linesOf = (text: string) => text.split(/\s+/).filter(Boolean);

/** Which pages of the client's own site may put its chat on them. */
export function Embedding({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const kept = shop.embedding_origins.join("\n");
  const [text, setText] = useState(kept);
  const [error, setError] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    try {
      return await api.embed(shop.id, linesOf(text));
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 400) throw problem;
      setError([problem.message, ...Object.values(problem.fields)].join(" "));
      return undefined;
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setError("");
    const origins = await attempt(save);
    setIsBusy(false);
    if (!origins) return;
    setText(origins.join("\n"));
    toast(say("shops.saved"));
    await client.invalidateQueries({ queryKey: ["shops", shop.id] });
  };
  return (
    <Part title={say("shops.embedding")} text={say("shops.embeddingText")}>
      <form onSubmit={(event) => void submit(event)} className="flex max-w-xl flex-col items-start gap-2">
        <div className="w-full">
          <TextArea
            label={say("shops.origins")}
            rows={Math.min(8, Math.max(3, linesOf(text).length + 1))}
            spellCheck={false}
            placeholder="https://www.shop.example"
            className="num"
            value={text}
            error={error}
            hint={kept ? undefined : say("shops.embeddingNone")}
            onChange={(event) => {
              setText(event.target.value);
              setError("");
            }}
          />
        </div>
        <Button kind="primary" type="submit" disabled={isBusy || linesOf(text).join("\n") === kept}>
          {say("shops.save")}
        </Button>
      </form>
    </Part>
  );
}
