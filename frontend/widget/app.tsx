import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Api } from "./api";
import { inkOn } from "./color";
import { chooseLanguage, type Language } from "./language";
import { Panel } from "./panel";
import { Talk } from "./talk";
import { countUnread } from "./thread";
import { useWordsAfter } from "./use_words";
import { loadWords } from "./words";
import css from "./widget.css?inline";

/** What the loader hands over: its place on the page and what the shop wrote into the script tag. */
export interface Place {
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  base: string;
  line: string;
  lang: string;
}

export interface Widget {
  toggle: (open?: boolean) => void;
}

/** Called by the loader until it succeeds; the panel stays closed until it is asked for. */
export async function mount(place: Place): Promise<Widget> {
  const wishes = [place.lang, document.documentElement.lang, ...navigator.languages];
  let language: Language = chooseLanguage(wishes);
  const first = await loadWords(language).catch(() => loadWords("en"));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  place.root.adoptedStyleSheets = [...place.root.adoptedStyleSheets, sheet];
  const box = document.createElement("div");
  place.root.append(box);

  const talk = new Talk(new Api(place.base), place.line, () => language);
  let toggle: (open?: boolean) => void = () => undefined;

  function Root() {
    const [state, setState] = useState(talk.state);
    const [isOpen, setIsOpen] = useState(false);
    const [chosen, setChosen] = useState<Language | null>(null);
    const shopLanguages = state.config?.shop.languages;
    language = chosen ?? chooseLanguage(wishes, shopLanguages);
    const say = useWordsAfter(first, language);
    toggle = (open) => setIsOpen((now) => open ?? !now);

    useEffect(() => talk.subscribe(() => setState(talk.state)), []);
    useEffect(() => {
      if (isOpen && talk.state.phase === "ready") void talk.refreshConfig();
    }, [isOpen, chosen]);
    useEffect(() => {
      const color = state.config?.shop.color;
      if (!color) return;
      const host = place.root.host as HTMLElement;
      host.style.setProperty("--shop", color);
      host.style.setProperty("--shop-ink", inkOn(color));
    }, [state.config?.shop.color]);

    const unread = isOpen ? 0 : countUnread(state.thread, state.read);
    useEffect(() => {
      const words = isOpen ? say("close") : say("open");
      place.launcher.setAttribute("aria-expanded", String(isOpen));
      place.launcher.setAttribute("aria-label", unread ? `${words}, ${say("unread", { n: unread })}` : words);
      place.launcher.dataset.unread = unread ? String(unread) : "";
    }, [isOpen, unread, say]);

    function close() {
      setIsOpen(false);
      place.launcher.focus();
    }

    return <Panel {...{ talk, state, isOpen, language, say }} onLanguage={setChosen} onClose={close} />;
  }

  render(<Root />, box);
  void talk.load();
  return { toggle: (open) => toggle(open) };
}
