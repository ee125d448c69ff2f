import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { Hour } from "../../shared/components/When";
import type { Conversation, Message } from "../../shared/model";
import { useWords } from "../words/load";

interface Props {
  conversation: Conversation;
  news: Message[];
  onSend: () => void;
  onStay: () => void;
}

/** What others wrote while an answer was being written, before it is sent. */
export function CollisionDialog({ conversation, news, onSend, onStay }: Props) {
  const say = useWords();
  const footer = (
    <>
      <Button onClick={onSend}>{say("writing.sendAnyway")}</Button>
      <Button kind="primary" autoFocus onClick={onStay}>
        {say("writing.keepWriting")}
      </Button>
    </>
  );
  const nameOf = (message: Message) =>
    message.direction === "in" ? conversation.customer.name || say("talk.customer") : (message.person_name ?? message.alias);
  return (
    <Dialog open onClose={onStay} title={say("writing.collisionTitle")} text={say("writing.collisionText")} footer={footer}>
      <ul className="flex flex-col gap-3 pb-2">
        {news.map((message) => (
          <li key={message.id}>
            <p className="flex items-baseline gap-2 text-12 text-text-3">
              <span className="font-medium text-text-1">{nameOf(message)}</span>
              {message.direction === "note" && say("talk.note")}
              <Hour at={message.created_at} />
            </p>
            <p className="line-clamp-6 text-13 break-words whitespace-pre-wrap">{message.text || message.attachments.map((file) => file.name).join(", ")}</p>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
