import type { related as english } from "../en/related";

export const related: typeof english = {
  title: "Vinculadas y seguidas",
  follow: "Seguir",
  unfollow: "Dejar de seguir",
  followed: "La sigue: las novedades aparecen en su puesto.",
  unfollowed: "Ya no la sigue.",
  following: "Seguidas",
  news: "{{count}} nuevos",
  reopen: "Reabrir",
  reopened: "Reabierta y de nuevo en su cola.",
  linked: "Conversaciones vinculadas",
  linkWith: "Vincular con el caso número",
  link: "Vincular",
  unlink: "Desvincular {{number}}",
  unlinked: "Ya no están vinculadas.",
  event: "Vinculada con {{number}}",
};
