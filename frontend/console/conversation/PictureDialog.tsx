import { Dialog } from "../../shared/components/Dialog";
import { useLanguage } from "../../shared/i18n/use";
import type { Attachment } from "../../shared/model";
import { useWords } from "../words/load";
import { asSize } from "./Attachments";

/** A picture as large as the window lets it be, and the way to the file. */
export function PictureDialog({ file, place, onDone }: { file: Attachment; place: string; onDone: () => void }) {
  const say = useWords();
  const language = useLanguage();
  const footer = (
    <a href={place} target="_blank" rel="noopener noreferrer" className="inline-flex h-8 items-center rounded border border-line-strong px-3 text-13 font-medium hover:bg-surface-3">
      {say("writing.open")}
    </a>
  );
  return (
    <Dialog open wide onClose={onDone} title={file.name} text={asSize(file.size, language)} footer={footer}>
      <img src={place} alt={file.name} className="mx-auto max-h-[52vh] max-w-full object-contain" />
    </Dialog>
  );
}
