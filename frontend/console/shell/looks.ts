/** What opens over the page: the palette and the list of keys. */

import { create } from "zustand";

export const useLooks = create<{ palette: boolean; keys: boolean }>(() => ({ palette: false, keys: false }));
