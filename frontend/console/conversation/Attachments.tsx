import { lazy, Suspense, useState } from "react";

import { Icon } from "../../shared/components/Icon";
import { useLanguage } from "../../shared/i18n/use";
import type { Attachment } from "../../shared/model";
import { useWords } from "../words/load";

const PictureDialog = lazy(() => import("./PictureDialog").then((module) => ({ default: module.PictureDialog })));

/** "340 KB", "1.2 MB", in the reader's numbers. */
export function asSize(bytes: number, language: string): string {
  const number = (value: number, digits: number) => value.toLocaleString(language, { maximumFractionDigits: digits });
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${number(bytes / 1024, 0)} KB`;
  return `${number(bytes / 1024 / 1024, 1)} MB`;
}

/** Pictures that the server has drawn anew; their links are good for minutes, and the way by the desk for ever. */
const isPicture = (file: Attachment) => /^image\/(png|jpeg|webp|gif)$/.test(file.content_type);

export function Attachments({ tenant, files }: { tenant: string; files: Attachment[] }) {
  const say = useWords();
  const language = useLanguage();
  const [shown, setShown] = useState<Attachment | null>(null);
  const [broken, setBroken] = useState<readonly string[]>([]);
  const placeOf = (file: Attachment) => `/api/desk/clients/${tenant}/attachments/${file.id}`;
  if (files.length === 0) return null;
  return (
    <>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {files.map((file) => (
          <li key={file.id}>
            {isPicture(file) && !broken.includes(file.id) ? (
              <button type="button" aria-label={say("writing.preview", { name: file.name })} onClick={() => setShown(file)} className="block overflow-hidden rounded border border-line-strong bg-surface-1">
                <img src={placeOf(file)} alt="" loading="lazy" onError={() => setBroken([...broken, file.id])} className="block h-24 max-w-48 object-cover" />
              </button>
            ) : (
              <a
                href={placeOf(file)}
                target="_blank"
                rel="noopener noreferrer"
                className="flex h-7 max-w-64 items-center gap-1.5 rounded border border-line-strong bg-surface-1 px-2 text-12 text-text-1 hover:bg-surface-2"
              >
                <Icon name="file" size={13} className="text-text-3" />
                <span className="truncate">{file.name}</span>
                <span className="num shrink-0 text-text-3">{asSize(file.size, language)}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
      <Suspense>{shown && <PictureDialog file={shown} place={placeOf(shown)} onDone={() => setShown(null)} />}</Suspense>
    </>
  );
}
