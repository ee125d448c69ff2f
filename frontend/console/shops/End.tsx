import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { ShopSettings } from "../../shared/model";
import { saveLookLarge } from "../customers/looks";
import { useTry } from "../desk/actions";
import { refreshMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { Part } from "./ShopPage";

type Grave = "suspend" | "delete";

/** Suspend, export, delete: each step says what it does, and only the last cannot be taken back. */
export function End({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const { run, isBusy, grave, setGrave } = useSteps(shop);
  if (shop.status === "deleted") return <Part title={say("shops.end")} text={say("shops.isDeleted")}>{null}</Part>;
  return (
    <Part title={say("shops.end")} text={say("shops.endText")}>
      {shop.status === "suspended" && <p role="status" className="pb-3 font-medium">{say("shops.isSuspended")}</p>}
      <div className="flex flex-wrap gap-2">
        {shop.status === "active" ? (
          <Button kind="risk" onClick={() => setGrave("suspend")}>{say("shops.suspend")}</Button>
        ) : (
          <Button kind="primary" disabled={isBusy} onClick={() => void run(() => api.resume(shop.id), say("shops.resumed", { name: shop.name }))}>
            {say("shops.resume")}
          </Button>
        )}
        <a href={api.exportPath(shop.id)} download className={saveLookLarge}>
          <Icon name="down_tray" size={14} />
          {say("shops.export")}
        </a>
        {shop.status === "suspended" && (
          <Button kind="risk" disabled={!shop.is_exported} onClick={() => setGrave("delete")}>{say("shops.delete")}</Button>
        )}
      </div>
      <p className="max-w-[68ch] pt-2 text-12 text-text-3">
        {say("shops.exportText")}
        {shop.status === "suspended" && ` ${say(shop.is_exported ? "shops.exported" : "shops.notExported")}`}
      </p>
      {grave === "suspend" && (
        <SuspendDialog shop={shop} isBusy={isBusy} onClose={() => setGrave(null)} onDo={() => void run(() => api.suspend(shop.id), say("shops.suspended", { name: shop.name }))} />
      )}
      {grave === "delete" && (
        <DeleteDialog shop={shop} isBusy={isBusy} onClose={() => setGrave(null)} onDo={(typed) => void run(() => api.remove(shop.id, typed), say("shops.deleted", { name: shop.name }))} />
      )}
    </Part>
  );
}

function useSteps(shop: ShopSettings) {
  const client = useQueryClient();
  const attempt = useTry();
  const [grave, setGrave] = useState<Grave | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const run = async (step: () => Promise<unknown>, done: string) => {
    setIsBusy(true);
    const answer = await attempt(step);
    setIsBusy(false);
    if (answer) {
      setGrave(null);
      toast(done);
    }
    await client.invalidateQueries({ queryKey: ["shops"] });
    // Which clients one may serve changed, here and on every list of them.
    await refreshMe(client).catch(() => undefined);
  };
  return { run, isBusy, grave, setGrave, shop };
}

interface DialogProps {
  shop: ShopSettings;
  isBusy: boolean;
  onClose: () => void;
}

function Points({ points }: { points: string[] }) {
  return (
    <ul className="list-disc space-y-1 pb-2 pl-4 text-13 text-text-2">
      {points.map((point) => (
        <li key={point}>{point}</li>
      ))}
    </ul>
  );
}

function SuspendDialog({ shop, isBusy, onClose, onDo }: DialogProps & { onDo: () => void }) {
  const say = useWords();
  const shared = useShared();
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" disabled={isBusy} onClick={onDo}>{say("shops.suspendNow")}</Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("shops.suspendTitle", { name: shop.name })} footer={footer}>
      <Points points={[say("shops.suspendShut"), say("shops.suspendWork", { count: shop.open_work }), say("shops.suspendKept")]} />
    </Dialog>
  );
}

function DeleteDialog({ shop, isBusy, onClose, onDo }: DialogProps & { onDo: (typed: string) => void }) {
  const say = useWords();
  const shared = useShared();
  const [typed, setTyped] = useState("");
  const isSame = typed.trim() === shop.slug;
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" type="submit" form="delete-shop" disabled={isBusy || !isSame}>{say("shops.deleteNow")}</Button>
    </>
  );
  return (
    <Dialog open wide onClose={onClose} title={say("shops.deleteTitle", { name: shop.name })} footer={footer}>
      <form
        id="delete-shop"
        className="flex flex-col gap-3 pb-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSame) onDo(typed);
        }}
      >
        <Points points={[say("shops.deleteGoes"), say("shops.deleteStays"), say("shops.deleteNever", { slug: shop.slug })]} />
        <TextField label={say("shops.deleteConfirm", { slug: shop.slug })} autoComplete="off" spellCheck={false} maxLength={40} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </form>
    </Dialog>
  );
}
