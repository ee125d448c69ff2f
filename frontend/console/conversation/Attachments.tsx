import { Icon } from "../../shared/components/Icon";
import { useLanguage } from "../../shared/i18n/use";
import type { Attachment } from "../../shared/model";

/** "340 KB", "1.2 MB", in the reader's numbers. */
export function asSize(bytes: number, language: string): string {
  const number = (value: number, digits: number) => value.toLocaleString(language, { maximumFractionDigits: digits });
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${number(bytes / 1024, 0)} KB`;
  return `${number(bytes / 1024 / 1024, 1)} MB`;
}

export function Attachments({ tenant, files }: { tenant: string; files: Attachment[] }) {
  const language = useLanguage();
  if (files.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-1.5">
      {files.map((file) => (
        <li key={file.id}>
          <a
            href={`/api/desk/clients/${tenant}/attachments/${file.id}`}
            target="_blank"
            rel="noopener noreferrer"
            className="flex h-7 max-w-64 items-center gap-1.5 rounded border border-line-strong bg-surface-1 px-2 text-12 text-text-1 hover:bg-surface-2"
          >
            <Icon name="file" size={13} className="text-text-3" />
            <span className="truncate">{file.name}</span>
            <span className="num shrink-0 text-text-3">{asSize(file.size, language)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
