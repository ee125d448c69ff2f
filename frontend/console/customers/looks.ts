/** A link that saves a file looks like a small button. */
export const saveLook = "inline-flex h-6 items-center rounded border border-line-strong bg-surface-1 px-2 text-12 font-medium whitespace-nowrap hover:bg-surface-3";
export const saveLookLarge = "inline-flex h-8 items-center gap-1.5 rounded border border-line-strong bg-surface-1 px-3 text-13 font-medium whitespace-nowrap hover:bg-surface-3";
