import { Link, type LinkProps } from "@tanstack/react-router";

export interface Tab {
  to: LinkProps["to"];
  name: string;
}

/** The pages of one matter, in a line below its title. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="-mx-4 mb-4 flex gap-1 overflow-x-auto border-b border-line px-4 md:-mx-6 md:px-6">
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to!}
          activeOptions={{ exact: true, includeSearch: false }}
          className="-mb-px flex h-9 shrink-0 items-center border-b-2 border-transparent px-2 text-13 whitespace-nowrap text-text-2 hover:text-text-1 aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text-1"
        >
          {tab.name}
        </Link>
      ))}
    </nav>
  );
}
