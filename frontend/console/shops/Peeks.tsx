import { useQueryClient } from "@tanstack/react-query";

import type { ShopSettings } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import { allowPeeks } from "./api";
import { Part } from "./ShopPage";

/** Whether agents see what shoppers type before it is sent; the chat says so. */
export function Peeks({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const turn = async (isOn: boolean) => {
    await attempt(() => allowPeeks(shop.id, isOn));
    await client.invalidateQueries({ queryKey: ["shops", shop.id] });
  };
  return (
    <Part title={say("shops.peeks")} text={say("shops.peeksText")}>
      <label className="inline-flex items-center gap-2">
        <input type="checkbox" checked={shop.sneak_peek} onChange={(event) => void turn(event.target.checked)} className="accent-(--accent)" />
        {say("shops.peeksOn")}
      </label>
    </Part>
  );
}
