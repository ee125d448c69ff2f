import type { Plugin } from "vite";

const PLACE = "<!-- head -->";
const HEAD = [
  '<meta charset="utf-8" />',
  '<meta name="viewport" content="width=device-width, initial-scale=1" />',
  '<meta name="robots" content="noindex" />',
  '<link rel="icon" href="data:," />',
];

/** What every page's head says alike; a page that has a viewport of its own keeps it. */
export function sharedHead(): Plugin {
  return {
    name: "shared-head",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => {
        if (!html.includes(PLACE)) throw new Error(`A page lacks ${PLACE}`);
        const own = html.includes('name="viewport"');
        return html.replace(PLACE, HEAD.filter((line) => !(own && line.includes("viewport"))).join("\n    "));
      },
    },
  };
}
