/** The files that go with an answer: chosen, pasted or dropped, within what the service takes. */

import { useEffect, useMemo, useRef, useState } from "react";

import { IconButton } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import { asSize } from "./Attachments";
import { takeBack } from "./files";

const LIMITS = { bytes: 10 * 1024 * 1024, files: 10 };

export function useFiles(conversation: string) {
  const say = useWords();
  const language = useLanguage();
  const [list, setList] = useState<File[]>([]);
  const add = (picked: Iterable<File>) => {
    const all = [...picked];
    const fitting = all.filter((file) => file.size <= LIMITS.bytes);
    const big = all.find((file) => file.size > LIMITS.bytes);
    if (big) toast(say("talk.tooBig", { name: big.name, size: asSize(LIMITS.bytes, language) }), { kind: "risk" });
    const left = list.length + fitting.length - LIMITS.files;
    if (left > 0) toast(say("writing.tooManyFiles", { count: left, most: LIMITS.files }), { kind: "risk" });
    setList([...list, ...fitting].slice(0, LIMITS.files));
  };
  useEffect(() => {
    const again = () => setList((kept) => [...kept, ...takeBack(conversation)].slice(0, LIMITS.files));
    window.addEventListener("files", again);
    return () => window.removeEventListener("files", again);
  }, [conversation]);
  return { list, add, remove: (file: File) => setList(list.filter((each) => each !== file)), clear: () => setList([]) };
}

export type Files = ReturnType<typeof useFiles>;

export function FileList({ files }: { files: Files }) {
  const say = useWords();
  const language = useLanguage();
  if (files.list.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 px-2 pb-2">
      {files.list.map((file, place) => (
        <li key={place} className="flex h-7 max-w-64 items-center gap-1.5 rounded border border-line-strong bg-surface-1 pl-2 text-12">
          <Thumb file={file} />
          <span className="truncate">{file.name}</span>
          <span className="num text-text-3">{asSize(file.size, language)}</span>
          <IconButton label={say("talk.removeFile", { name: file.name })} onClick={() => files.remove(file)} className="size-6">
            <Icon name="close" size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

const SHOWN_MAX = 4 * 1024 * 1024;

/** A small picture of a picture; a huge one is not opened for that. */
function Thumb({ file }: { file: File }) {
  const url = useMemo(() => (/^image\/(png|jpeg|webp|gif)$/.test(file.type) && file.size <= SHOWN_MAX ? URL.createObjectURL(file) : ""), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url ? <img src={url} alt="" className="size-5 shrink-0 rounded-sm object-cover" /> : null;
}

export function AttachButton({ onPick }: { onPick: (files: Iterable<File>) => void }) {
  const say = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={say("talk.attach")} onClick={() => input.current?.click()}>
        <Icon name="clip" />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onPick(event.target.files ?? []);
          event.target.value = "";
        }}
      />
    </>
  );
}
