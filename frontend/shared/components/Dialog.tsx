import * as Radix from "radix-ui/dialog";
import type { ReactNode } from "react";

import { useShared } from "../i18n/use";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { cx } from "./cx";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  text?: string;
  wide?: boolean;
  children?: ReactNode;
  footer?: ReactNode;
}

export function Dialog({ open, onClose, title, text, wide, children, footer }: DialogProps) {
  const say = useShared();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(text ? {} : { "aria-describedby": undefined })}
          className={cx(
            "appear fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded bg-surface-1 shadow-float",
            wide ? "max-w-2xl" : "max-w-md",
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-15 font-semibold">{title}</Radix.Title>
              {text && <Radix.Description className="mt-1 text-13 text-text-2">{text}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label={say("close")}>
                <Icon name="close" />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-2">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
