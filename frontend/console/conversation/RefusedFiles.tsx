import { Icon } from "../../shared/components/Icon";
import { useWords } from "../words/load";
import { refusalWords, type RefusedFile } from "./refusals";

/** Files that were not taken, each with its reason. */
export function RefusedFiles({ files }: { files: readonly RefusedFile[] }) {
  const say = useWords();
  if (files.length === 0) return null;
  return (
    <ul aria-label={say("talk.refusedFiles")} className="mt-1 flex flex-col gap-0.5 text-12 text-text-2">
      {files.map((file, index) => (
        <li key={index} className="flex items-center gap-1 break-words">
          <Icon name="warn" size={12} />
          {say(refusalWords(file.reason), { name: file.name })}
        </li>
      ))}
    </ul>
  );
}
