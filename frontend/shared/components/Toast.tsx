import { create } from "zustand";

import { useShared } from "../i18n/use";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";

interface Toast {
  id: number;
  text: string;
  kind: "plain" | "risk";
  act?: { label: string; run: () => void };
}

interface Toasts {
  shown: Toast[];
}

const useToasts = create<Toasts>(() => ({ shown: [] }));
let nextId = 1;

/** Say something that passes; what went wrong stays longer. */
export function toast(text: string, more: Partial<Pick<Toast, "kind" | "act">> = {}): void {
  const made: Toast = { id: nextId++, text, kind: more.kind ?? "plain", act: more.act };
  useToasts.setState(({ shown }) => ({ shown: [...shown.slice(-2), made] }));
  setTimeout(() => drop(made.id), made.kind === "risk" ? 9000 : 5000);
}

function drop(id: number): void {
  useToasts.setState(({ shown }) => ({ shown: shown.filter((each) => each.id !== id) }));
}

export function Toasts() {
  const say = useShared();
  const shown = useToasts((state) => state.shown);
  return (
    <div role="status" className="fixed bottom-20 left-1/2 z-50 flex sm:bottom-4 -translate-x-1/2 flex-col items-center gap-2">
      {shown.map((each) => (
        <div
          key={each.id}
          className="appear flex max-w-[calc(100vw-2rem)] items-center gap-3 rounded bg-surface-1 py-2 pr-2 pl-4 text-13 shadow-float"
        >
          {each.kind === "risk" && <Icon name="warn" className="text-risk" />}
          <span>{each.text}</span>
          {each.act && (
            <Button
              small
              kind="quiet"
              onClick={() => {
                each.act?.run();
                drop(each.id);
              }}
            >
              {each.act.label}
            </Button>
          )}
          <IconButton label={say("close")} onClick={() => drop(each.id)}>
            <Icon name="close" size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
