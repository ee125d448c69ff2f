/** Line icons, 20 px, drawn with the text's colour. */
const PATHS = {
  chat: "M4 5.5h12v8H9l-3.5 3v-3H4z",
  close: "M5 5l10 10M15 5L5 15",
  send: "M10 16V4M5 9l5-5 5 5",
  clip: "M15.5 9.2 10 14.7a3.7 3.7 0 0 1-5.2-5.2l5.7-5.7a2.45 2.45 0 0 1 3.5 3.5l-5.6 5.6a1.2 1.2 0 0 1-1.75-1.75l4.9-4.9",
  file: "M6 3h6l3 3v11H6zM12 3v3h3",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 6.5V10l2.5 2",
  globe: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM3.5 10h13M10 3.5c2.2 2 2.6 4.4 2.6 6.5s-.4 4.5-2.6 6.5c-2.2-2-2.6-4.4-2.6-6.5s.4-4.5 2.6-6.5z",
  alert: "M10 4l7 12H3zM10 8.5v3.5M10 14v.1",
  person: "M10 4.5a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM4.5 16.5c.6-3 2.6-4.5 5.5-4.5s4.9 1.5 5.5 4.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
