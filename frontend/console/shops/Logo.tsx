import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { toast } from "../../shared/components/Toast";
import type { ShopSettings } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { Part } from "./ShopPage";

/** The picture on the client's papers: shown, replaced, taken away. */
export function Logo({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const run = async (act: () => Promise<ShopSettings>, done: string) => {
    setIsBusy(true);
    setError("");
    const saved = await attempt(async () => {
      try {
        return await act();
      } catch (problem) {
        if (!(problem instanceof ApiError) || ![400, 413].includes(problem.status)) throw problem;
        setError(problem.message);
        return undefined;
      }
    });
    setIsBusy(false);
    if (!saved) return;
    client.setQueryData(["shops", shop.id], saved);
    toast(done);
  };
  return (
    <Part title={say("shops.logo.title")} text={say("shops.logo.text")}>
      <div className="flex flex-wrap items-center gap-3">
        {shop.logo_url ? (
          <img src={shop.logo_url} alt={say("shops.logo.alt", { name: shop.name })} className="max-h-14 max-w-48 rounded border border-line bg-white p-2" />
        ) : (
          <span className="text-13 text-text-2">{say("shops.logo.none")}</span>
        )}
        <Button disabled={isBusy} onClick={() => input.current?.click()}>
          {say(shop.logo_url ? "shops.logo.change" : "shops.logo.choose")}
        </Button>
        {shop.logo_url && (
          <Button kind="quiet" disabled={isBusy} onClick={() => void run(() => api.dropLogo(shop.id), say("shops.logo.dropped"))}>
            {say("shops.logo.drop")}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept="image/png,image/jpeg,image/webp"
          aria-label={say("shops.logo.choose")}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            event.target.value = "";
            if (file) void run(() => api.setLogo(shop.id, file), say("shops.logo.saved"));
          }}
        />
      </div>
      {error && (
        <p role="alert" className="pt-2 text-13 text-risk">
          {error}
        </p>
      )}
    </Part>
  );
}
