import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { asInstant } from "../../shared/time/words";
import type { Message } from "../api";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

/** What was said to and fro, as text; agents under the name that shoppers see. */
export function Messages({ conversation, messages }: { conversation: string; messages: Message[] }) {
  return (
    <ol id="thread">
      {messages.map((message) => (
        <Said key={message.seq} conversation={conversation} message={message} />
      ))}
    </ol>
  );
}

function Said({ conversation, message }: { conversation: string; message: Message }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const isShopper = message.author === "shopper";
  const name = isShopper ? say("case.shopper") : message.alias;
  return (
    <li id={`message-${message.seq}`} className={cx("border-b border-line py-4 pl-4", !isShopper && "shadow-[inset_3px_0_0_var(--client)]")}>
      <p className="figures flex flex-wrap items-baseline gap-x-2 text-13 text-text-2">
        <span>{message.seq}</span>
        <strong className="font-semibold text-text-1">{name}</strong>
        {message.author === "system" && <span>{say("case.automatic")}</span>}
        <time dateTime={message.created_at} className="ml-auto">
          {asInstant(message.created_at, language, zone)}
        </time>
      </p>
      <p lang={message.language} className="max-w-[68ch] pt-1 wrap-anywhere whitespace-pre-wrap">
        {message.text}
      </p>
      {message.attachments.map((file) => (
        <a key={file.id} href={`/api/portal/conversations/${conversation}/attachments/${file.id}`} target="_blank" rel="noopener noreferrer" aria-label={say("case.file", { name: file.name })} className="tap inline-flex max-w-full items-center gap-2 pr-4 text-13">
          <Icon name="file" className="text-text-3" />
          <span className="opens truncate">{file.name}</span>
        </a>
      ))}
    </li>
  );
}
