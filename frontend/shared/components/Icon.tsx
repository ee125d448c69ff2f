/** Line icons, 16 px, drawn with the current colour. */

const PATHS = {
  inbox: "M2 9.5h3.2l1 1.8h3.6l1-1.8H14M3.6 3h8.8L14 9.5V13H2V9.5z",
  floor: "M2 13.5V8.5h3v5M6.5 13.5v-11h3v11M11 13.5v-7h3v7M1.5 13.5h13",
  check: "M3 8.5l3.2 3.2L13 5",
  finished: "M14 7.5V8a6 6 0 1 1-3.5-5.4M14 3.5L8 9.6 6 7.6",
  plan: "M2 13.5h12M2.5 10.5L6 7l2.5 2.5L13.5 4M10.5 4h3v3",
  score: "M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3 4.3 13.3l.8-4.1L2 6.3l4.2-.5z",
  invoice: "M3.5 1.8h9v12.4l-2.2-1.4L8 14.2l-2.3-1.4-2.2 1.4zM6 5.5h4M6 8.5h4",
  shop: "M2.5 6.5v7h11v-7M1.8 6.2L3 2.5h10l1.2 3.7a2 2 0 0 1-4.1.3 2.1 2.1 0 0 1-4.2 0 2 2 0 0 1-4.1-.3zM6.5 13.5v-4h3v4",
  people: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 3a2.3 2.3 0 0 1 0 4.3M12.2 9.8c1.5.5 2.3 1.8 2.3 3.7",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c0-2.8 2.4-4.5 5.5-4.5s5.5 1.7 5.5 4.5",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.2a1.8 1.8 0 1 1 2.5 1.7c-.5.3-.8.6-.8 1.2M8 11.4v.1",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM14 14l-3.5-3.5",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4L6 8l4 4",
  clip: "M13 7.2L7.6 12.6a3 3 0 0 1-4.2-4.2l5.7-5.7a2 2 0 0 1 2.8 2.8L6.3 11a1 1 0 0 1-1.4-1.4l5-5",
  note: "M3 2.5h10v7L9.5 13.5H3zM13 9.5H9.5v4",
  chat: "M2 3h12v8.5H7L4 14v-2.5H2z",
  mail: "M2 3.5h12v9H2zM2 4l6 5 6-5",
  form: "M3 2h10v12H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  relay: "M2 5h10M9.5 2.5L12 5 9.5 7.5M14 11H4M6.5 8.5L4 11l2.5 2.5",
  card: "M2 3.5h12v9H2zM2 6.5h12M4.5 10h3",
  file: "M4 1.8h5l3.5 3.5v9H4zM9 1.8v3.5h3.5",
  down_tray: "M8 2v8M4.8 7L8 10.2 11.2 7M2.5 13.5h11",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  warn: "M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.5",
  globe: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.2H2.8zM6.5 14h3",
  panel: "M2 2.5h12v11H2zM10 2.5v11",
  move: "M2.5 8h10M9 4.5L12.5 8 9 11.5",
  wifi_off: "M2 2l12 12M3 7a8 8 0 0 1 3-1.8M13 7a8 8 0 0 0-3.6-2M5 9.5a5 5 0 0 1 3-1.2M8 12.5v.1",
  out: "M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3",
  scales: "M8 2v12M4.5 14h7M3 4.5h10M3 4.5L1.3 9a1.9 1.9 0 0 0 3.4 0zM13 4.5L11.3 9a1.9 1.9 0 0 0 3.4 0z",
  tag: "M2.5 2.5h5l6 6-5 5-6-6zM5.2 5.2v.1",
  book: "M8 4C6.5 2.8 4.5 2.5 2 2.5v10c2.5 0 4.5.3 6 1.5 1.5-1.2 3.5-1.5 6-1.5v-10c-2.5 0-4.5.3-6 1.5zM8 4v10",
  at: "M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM10.5 5.5v3.3a1.75 1.75 0 0 0 3.5-.8 6 6 0 1 0-2.4 4.8",
  tv: "M2 3h12v8H2zM5.5 13.5h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      className={`shrink-0 ${className ?? ""}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

const CHANNEL_ICONS: Record<string, IconName> = { webchat: "chat", email: "mail", form: "form", relay: "relay" };

export function channelIcon(channel: string): IconName {
  return CHANNEL_ICONS[channel] ?? "chat";
}
