/** Light, dark, or as the system says; kept in this browser. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = "centralita.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return THEMES.find((each) => each === kept) ?? "system";
}

export function wear(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  apply();
}

function apply(): void {
  const theme = keptTheme();
  document.documentElement.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
}

export function startTheme(): void {
  apply();
  dark.addEventListener("change", apply);
}
