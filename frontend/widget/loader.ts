/**
 * What a shop embeds: <script src="https://…/widget.js" data-line="…" data-lang="it" data-color="#…" crossorigin async></script>
 * data-open shows the chat at once, as the page made for frames does.
 * A round button, and nothing else until a shopper reaches for it.
 */
import type { Widget } from "./app";

const LABELS: Record<string, string> = {
  es: "Abrir el chat",
  en: "Open the chat",
  it: "Apri la chat",
  de: "Chat öffnen",
  fr: "Ouvrir le chat",
  pt: "Abrir o chat",
};

// From within, "important" wins over whatever the shop's own page says of every element.
const CSS = `:host{--shop:#2b2a27;--shop-ink:#fff;all:initial!important;position:fixed!important;right:20px!important;bottom:20px!important;z-index:2147483000!important}
button.launcher{all:unset;box-sizing:border-box;width:56px;height:56px;border-radius:50%;display:grid;place-items:center;cursor:pointer;background:var(--shop);color:var(--shop-ink);box-shadow:0 2px 12px rgb(0 0 0/.22);-webkit-tap-highlight-color:transparent}
.launcher:focus-visible{outline:3px solid var(--shop);outline-offset:3px}
.launcher svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.launcher[aria-expanded=true] .chat,.launcher[aria-expanded=false] .down{display:none}
.launcher[aria-busy=true]{opacity:.7}
.launcher[data-unread]:not([data-unread=""])::after{content:attr(data-unread);position:absolute;right:-2px;top:-4px;min-width:20px;padding:0 5px;box-sizing:border-box;border:2px solid #fff;border-radius:12px;background:#c22b1f;color:#fff;font:600 12px/18px system-ui,sans-serif;text-align:center}`;

const ICONS =
  '<svg class="chat" viewBox="0 0 20 20" aria-hidden="true"><path d="M3.5 5h13v8.5h-7l-3.5 3v-3h-2.5z"/></svg><svg class="down" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 8l5 5 5-5"/></svg>';

/** As in color.ts, which the loader cannot share without becoming a module of several files. */
function luminance(color: string): number {
  return [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
    const part = parseInt(color.slice(1 + 2 * index, 3 + 2 * index), 16) / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
}

function start(script: HTMLScriptElement) {
  const { line = "", lang = "", color = "", open } = script.dataset;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  // Not a style element, which the policy of a strict page forbids.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = `<button class="launcher" type="button" aria-haspopup="dialog" aria-expanded="false">${ICONS}</button>`;
  const launcher = root.querySelector("button")!;
  const page = lang || document.documentElement.lang || navigator.language;
  launcher.setAttribute("aria-label", LABELS[page.slice(0, 2).toLowerCase()] ?? LABELS.en!);
  if (/^#[0-9a-f]{6}$/i.test(color)) {
    host.style.setProperty("--shop", color);
    if (luminance(color) > 0.2) host.style.setProperty("--shop-ink", "#17150f");
  }
  document.body.append(host);

  let widget: Promise<Widget> | undefined;
  const load = () => {
    widget ??= import("./app").then((app) =>
      app.mount({ root, launcher, base: new URL("/", script.src).href, line, lang }),
    );
    widget.catch(() => (widget = undefined));
    return widget;
  };
  const toggle = (open?: boolean) => {
    launcher.setAttribute("aria-busy", "true");
    load()
      .then((loaded) => loaded.toggle(open))
      .catch(() => undefined)
      .finally(() => launcher.removeAttribute("aria-busy"));
  };
  launcher.addEventListener("click", () => toggle());
  // Any element of the shop's own page may open the chat: <button data-centralita-open>.
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest?.("[data-centralita-open]")) toggle(true);
  });
  for (const near of ["pointerenter", "focus", "touchstart"]) {
    launcher.addEventListener(near, () => void load().catch(() => undefined), { once: true, passive: true });
  }
  if (open !== undefined) toggle(true);
  // A shopper who wrote before may have an answer waiting: look without being asked.
  try {
    if (localStorage.getItem(`centralita:${line}`)) void load().catch(() => undefined);
  } catch {
    return;
  }
}

const script = (document.currentScript ??
  document.querySelector('script[src*="/widget.js"]')) as HTMLScriptElement | null;
if (script) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}
