import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Asked, Notice } from "../../shared/components/States";
import * as floor from "../floor/api";
import { CapacityDialog, capacityKey, CapacityLine } from "../floor/Capacity";
import { useWords } from "../words/load";
import { Section } from "./PeopleFrame";

/** How much they take at once; somebody without a desk is closed to all work. */
export function PersonCapacity({ person, hasDesk }: { person: string; hasDesk: boolean }) {
  const say = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const query = useQuery({ queryKey: capacityKey(person), queryFn: () => floor.capacity(person), enabled: hasDesk });
  const change = query.data && (
    <Button small onClick={() => setIsOpen(true)}>
      {say("floor.changeCapacity")}
    </Button>
  );
  return (
    <Section title={say("floor.capacity")} acts={change}>
      {hasDesk ? <Asked query={query} small rows={1}>{(found) => <CapacityLine found={found} />}</Asked> : <Notice small icon="inbox" title={say("people.noDesk")} />}
      {isOpen && <CapacityDialog agent={person} onClose={() => setIsOpen(false)} />}
    </Section>
  );
}
