/** Find saved replies by name and text, whatever the accents and apostrophes. */

export const plain = (text: string) => text.normalize("NFD").replace(/[\p{M}'’]/gu, "").toLowerCase();

interface Named {
  name: string;
  text: string;
}

/** All words must be in the name or the text; those whose name begins so come first, then by name, then by text. */
export function matching<T extends Named>(rows: T[], asked: string): T[] {
  const words = plain(asked).split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const ranked = rows.flatMap((row) => {
    const [name, text] = [plain(row.name), plain(row.text)];
    if (!words.every((word) => name.includes(word) || text.includes(word))) return [];
    const rank = name.startsWith(words[0]!) ? 0 : words.every((word) => name.includes(word)) ? 1 : 2;
    return [{ row, rank }];
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ row }) => row);
}
