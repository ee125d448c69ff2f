import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { IconButton } from "../../shared/components/Button";
import { useWords } from "../words/load";

const EMOJI = "🙂 😀 😄 😊 😉 😍 🤗 🤔 😅 😂 😢 😮 😬 😔 🙏 👍 👎 👏 🙌 💪 👋 🤝 ✌️ 👌 ❤️ 💛 💚 💙 ⭐ ✨ 🎉 🎁 📦 🚚 📫 📞 💬 📎 📅 ⏰ ⏳ ✅ ❌ ⚠️ 🔎 🛠️ 💳 🧾".split(" ");
const COLUMNS = 8;

/** A small grid that arrows walk through; picked ones land where the text was being written. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const say = useWords();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) grid.current?.querySelectorAll("button")[at]?.focus();
  }, [isOpen, at]);
  const pick = (emoji: string) => {
    setOpen(false);
    onPick(emoji);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      setOpen(false);
      box.current?.querySelector("button")?.focus();
      return event.stopPropagation();
    }
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setAt((from) => Math.max(0, Math.min(EMOJI.length - 1, from + step)));
  };
  return (
    <div ref={box} className="relative" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <IconButton label={say("writing.emoji")} aria-expanded={isOpen} aria-haspopup="true" onClick={() => setOpen(!isOpen)}>
        <span aria-hidden className="text-15 leading-none">
          ☺
        </span>
      </IconButton>
      {isOpen && (
        <div
          ref={grid}
          role="group"
          aria-label={say("writing.emoji")}
          onKeyDown={onKey}
          className="appear absolute bottom-8 left-0 z-30 grid w-72 grid-cols-8 rounded bg-surface-1 p-1 shadow-float"
        >
          {EMOJI.map((emoji, place) => (
            <button
              key={emoji}
              type="button"
              tabIndex={place === at ? 0 : -1}
              onClick={() => pick(emoji)}
              className="flex size-8 items-center justify-center rounded-sm text-18 hover:bg-surface-3"
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
