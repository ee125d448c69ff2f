import type { ReactNode } from "react";

import { useLanguage } from "../../shared/i18n/use";
import type { Section } from "../../shared/model";
import * as api from "./api";
import { inLanguage } from "./scoring";

export function SectionPart({ section, percent, children }: { section: Section; percent: number | null; children: ReactNode }) {
  const language = useLanguage();
  return (
    <fieldset className="mb-5">
      <legend className="flex w-full items-baseline justify-between border-b border-line pb-1 text-13 font-semibold">
        {inLanguage(section.title, language) || section.code}
        <span className="num font-normal text-text-2">{percent === null ? "" : api.asScore(percent, language)}</span>
      </legend>
      {children}
    </fieldset>
  );
}
