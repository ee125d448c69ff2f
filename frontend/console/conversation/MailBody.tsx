import { useMemo, useRef, useState } from "react";

import type { Message } from "../../shared/model";
import { useWords } from "../words/load";

/** Nothing runs and nothing is fetched: no scripts, no remote image, style or font, no form. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const MOST_PX = 1600;

/** A whole document around the cleaned mail, in the colours of this page. Its inline images are among its files. */
export function mailDocument(html: string, colours: { text: string; link: string }): string {
  return `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer"><base target="_blank">
<style>html{overflow:hidden}body{margin:0;font:15px/22px "Inter Variable",system-ui,sans-serif;color:${colours.text};overflow-wrap:anywhere}
a{color:${colours.link}}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}
img[src^="cid:"]{display:none}blockquote{margin:8px 0;padding-left:12px;border-left:2px solid currentColor;opacity:.75}p{margin:0 0 10px}</style>
</head><body>${html}</body></html>`;
}

/** The mail as it was laid out, in a frame without scripts; or its text. */
export function MailBody({ message }: { message: Message }) {
  const say = useWords();
  const [asText, setAsText] = useState(false);
  const [height, setHeight] = useState(80);
  const frame = useRef<HTMLIFrameElement>(null);
  const document = useMemo(() => {
    const style = getComputedStyle(globalThis.document.documentElement);
    return mailDocument(message.html, { text: style.getPropertyValue("--text-1"), link: style.getPropertyValue("--accent") });
  }, [message.html]);
  const measure = () => {
    const body = frame.current?.contentDocument?.body;
    if (body) setHeight(Math.min(MOST_PX, body.scrollHeight + 2));
  };
  return (
    <>
      {asText ? (
        <p className="max-w-[68ch] break-words whitespace-pre-wrap">{message.text}</p>
      ) : (
        <iframe
          ref={frame}
          title={say("talk.mailBody", { name: message.alias || message.headers.from || "" })}
          sandbox={SANDBOX}
          referrerPolicy="no-referrer"
          srcDoc={document}
          onLoad={measure}
          style={{ height }}
          className="block w-full border-0 bg-transparent"
        />
      )}
      {message.text && (
        <button type="button" onClick={() => setAsText(!asText)} className="mt-1 text-12 text-text-2 hover:underline">
          {say(asText ? "talk.asMail" : "talk.asText")}
        </button>
      )}
    </>
  );
}
