import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { TextArea } from "../../shared/components/Field";
import { useShared } from "../../shared/i18n/use";
import type { Approval, GivenAnswer } from "../api";
import { useWords } from "../words/load";

interface Props<T> {
  approval: Approval;
  send: (given: GivenAnswer) => Promise<T>;
  onSent: (settled: T) => void;
  /** It was settled by somebody else, or taken back: what is shown is no longer so. */
  onGone?: () => void;
}

type Answer = GivenAnswer["answer"];
const CHOICES: Record<Approval["kind"], readonly Answer[]> = {
  approval: ["approved", "denied", "more_info"],
  question: ["replied", "more_info"],
};

/** Yes, no, or what else one wants to know; the button says what it will do. */
export function AnswerForm<T>({ approval, send, onSent, onGone }: Props<T>) {
  const say = useWords();
  const shared = useShared();
  const choices = CHOICES[approval.kind];
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [option, setOption] = useState("");
  const [comment, setComment] = useState("");
  const sending = useMutation({
    mutationFn: send,
    onSuccess: onSent,
    onError: (error) => error instanceof ApiError && [409, 410].includes(error.status) && onGone?.(),
  });
  const settles = answer === "approved" || answer === "replied";
  const asksOption = settles && approval.options.length > 0;
  const asksWords = answer === "more_info" || (answer === "replied" && !asksOption);
  const isReady = answer !== null && (!asksOption || option !== "") && (!asksWords || comment.trim() !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (answer && isReady) sending.mutate({ answer, option: asksOption ? option : "", comment: comment.trim() });
  };
  return (
    <form onSubmit={submit} className="flex max-w-xl flex-col gap-5">
      <Choice name="answer" legend={say("approvals.your_answer")} values={choices} chosen={answer} word={(each) => say(`approvals.choice.${each}`)} onPick={setAnswer} />
      {asksOption && <Choice name="option" legend={say("approvals.choose")} values={approval.options} chosen={option} word={(each) => each} onPick={setOption} />}
      <TextArea
        label={say(asksWords ? "approvals.comment_needed" : "approvals.comment")}
        rows={3}
        maxLength={2000}
        className="text-15"
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <div>
        <Button kind="client" type="submit" className="h-11 px-5 text-15" disabled={!isReady || sending.isPending}>
          {sending.isPending ? say("approvals.sending") : say(`approvals.send.${answer ?? choices[0]!}`)}
        </Button>
      </div>
      {sending.isError && (
        <p role="alert" className="text-13 text-risk">
          {sending.error instanceof ApiError && sending.error.offline ? shared("offline.title") : sending.error.message}
        </p>
      )}
    </form>
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  legend: string;
  values: readonly T[];
  chosen: T | null;
  word: (value: T) => string;
  onPick: (value: T) => void;
}

function Choice<T extends string>({ name, legend, values, chosen, word, onPick }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend className="pb-2 font-semibold">{legend}</legend>
      <div className="flex flex-col gap-2 sm:flex-row sm:flex-wrap">
        {values.map((each) => (
          <label
            key={each}
            className={cx(
              "tap flex cursor-pointer items-center gap-2.5 rounded border px-4 has-focus-visible:outline-2 has-focus-visible:outline-offset-1",
              chosen === each ? "border-client bg-surface-3 font-semibold" : "border-line-strong hover:bg-surface-2",
            )}
          >
            <input type="radio" name={name} value={each} checked={chosen === each} onChange={() => onPick(each)} className="accent-(--client)" />
            <span className="wrap-anywhere">{word(each)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
