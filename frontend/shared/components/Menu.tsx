import { cloneElement, useRef, useState, type HTMLAttributes, type KeyboardEvent, type ReactElement, type ReactNode } from "react";

import { cx } from "./cx";

type Radix = typeof import("radix-ui/dropdown-menu");

/** Loaded when somebody first reaches for a menu: the first screen has none open, and starts faster without. */
let loaded: Radix | null = null;

async function load(): Promise<Radix> {
  loaded ??= await import("radix-ui/dropdown-menu");
  return loaded;
}

interface MenuProps {
  trigger: ReactElement<HTMLAttributes<HTMLElement>>;
  label: string;
  children: ReactNode;
}

export function Menu({ trigger, label, children }: MenuProps) {
  const [radix, setRadix] = useState(loaded);
  const [startsOpen, setStartsOpen] = useState(false);
  const byPointer = useRef(false);
  const open = () =>
    void load().then((module) => {
      setStartsOpen(true);
      setRadix(module);
    });
  if (!radix) return <Cold trigger={trigger} onOpen={open} />;
  return (
    <radix.Root modal={false} defaultOpen={startsOpen}>
      <radix.Trigger asChild>{trigger}</radix.Trigger>
      <radix.Portal>
        <radix.Content
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onPointerUpCapture={() => (byPointer.current = true)}
          onKeyDownCapture={() => (byPointer.current = false)}
          // Back on the trigger, the next Enter would open the menu again instead of doing what the page does with it.
          onCloseAutoFocus={(event) => byPointer.current && event.preventDefault()}
          className="appear z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded bg-surface-1 p-1 shadow-float"
        >
          {children}
        </radix.Content>
      </radix.Portal>
    </radix.Root>
  );
}

/** The trigger before its menu is loaded: warmed by pointer or focus, opened by click or arrow. */
function Cold({ trigger, onOpen }: Pick<MenuProps, "trigger"> & { onOpen: () => void }) {
  const warm = () => void load();
  const onKeyDown = (event: KeyboardEvent) => event.key === "ArrowDown" && onOpen();
  const attributes = { onPointerEnter: warm, onFocus: warm, onClick: onOpen, onKeyDown, "aria-haspopup": "menu" as const, "aria-expanded": false };
  return cloneElement(trigger, attributes);
}

interface ItemProps {
  onPick: () => void;
  icon?: ReactNode;
  detail?: ReactNode;
  marked?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

export function MenuItem({ onPick, icon, detail, marked, disabled, children }: ItemProps) {
  const radix = loaded!;
  return (
    <radix.Item
      onSelect={onPick}
      disabled={disabled}
      className={cx(
        "flex h-8 cursor-pointer items-center gap-2 rounded-sm px-2 text-13 outline-none data-disabled:opacity-50",
        "data-highlighted:bg-surface-3",
        marked && "font-semibold",
      )}
    >
      {icon}
      <span className="flex-1 truncate">{children}</span>
      {detail && <span className="text-12 text-text-3">{detail}</span>}
    </radix.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  const radix = loaded!;
  return <radix.Label className="px-2 pt-2 pb-1 text-12 text-text-3">{children}</radix.Label>;
}

export function MenuLine() {
  const radix = loaded!;
  return <radix.Separator className="my-1 h-px bg-line" />;
}
