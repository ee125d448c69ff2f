import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useShared } from "../../shared/i18n/use";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { Accreditations } from "./Accreditations";
import { Check } from "./BulkDialogs";
import { PeopleFrame, Section } from "./PeopleFrame";
import { Roles, State } from "./PeoplePage";
import { GraveDialog, PersonActs, type Grave } from "./PersonActs";
import { PersonCapacity } from "./PersonCapacity";
import { Skills } from "./PersonSkills";
import { SwitchLimit } from "./SwitchLimit";

const route = getRouteApi("/inside/people/$person");
const STAFF = ["agent", "supervisor", "operator"] as const;

export function PersonPage() {
  const { person } = route.useParams();
  const query = useQuery({ queryKey: ["people", "one", person], queryFn: () => api.card(person) });
  return (
    <PeopleFrame>
      <Asked query={query}>{(card) => <Card key={card.id} card={card} />}</Asked>
    </PeopleFrame>
  );
}

function Card({ card }: { card: api.Card }) {
  const say = useWords();
  const isStaff = card.roles.some((role) => STAFF.some((each) => each === role));
  return (
    <div className="max-w-4xl">
      <Link to="/people" className="mb-2 inline-flex items-center gap-1 text-13 text-text-2 hover:text-text-1">
        <Icon name="left" size={14} />
        {say("people.back")}
      </Link>
      <Head card={card} />
      {isStaff && <StaffRoles card={card} />}
      {isStaff && <Skills card={card} />}
      {isStaff && <Accreditations card={card} />}
      {isStaff && card.has_desk && <SwitchLimit card={card} />}
      {isStaff && <PersonCapacity person={card.id} hasDesk={card.has_desk} />}
      <Sessions card={card} />
    </div>
  );
}

function Head({ card }: { card: api.Card }) {
  const say = useWords();
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2 pb-6">
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-18 font-semibold">{card.name}</h2>
        <p className="truncate text-13 text-text-2">
          {card.email} · <Roles person={card} />
        </p>
        <p className="text-13 text-text-2">
          <State person={card} />
          {card.seen_at && (
            <span className="text-text-3">
              {" "}
              {say("people.seen")} <When at={card.seen_at} />
            </span>
          )}
        </p>
      </div>
      <Link to="/audit" search={{ person: card.id }} className="flex h-8 items-center rounded border border-line-strong px-3 text-13 font-medium hover:bg-surface-3">
        {say("people.history")}
      </Link>
      <PersonActs person={card} />
    </header>
  );
}

function StaffRoles({ card }: { card: api.Card }) {
  const say = useWords();
  const shared = useShared();
  const me = useMe();
  const { run, isBusy } = useAct();
  const held = STAFF.filter((role) => card.roles.some((each) => each === role));
  const [chosen, setChosen] = useState<readonly (typeof STAFF)[number][]>(held);
  const [isAsking, setIsAsking] = useState(false);
  const isChanged = STAFF.some((role) => held.includes(role) !== chosen.includes(role));
  const save = async () => {
    await run(() => api.setRoles(card.id, [...chosen]));
    setIsAsking(false);
  };
  const footer = (
    <>
      <Button onClick={() => setIsAsking(false)}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={isBusy} onClick={() => void save()}>
        {say("people.changeRoles")}
      </Button>
    </>
  );
  return (
    <Section title={say("people.roles")}>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        {STAFF.map((role) => (
          <Check
            key={role}
            label={say(`account.roles.${role}`)}
            value={chosen.includes(role)}
            onChange={(isHeld) => setChosen(isHeld ? [...chosen, role] : chosen.filter((each) => each !== role))}
          />
        ))}
        <Button small disabled={!isChanged || chosen.length === 0 || (card.id === me.id && !chosen.includes("operator"))} onClick={() => setIsAsking(true)}>
          {say("people.changeRoles")}…
        </Button>
      </div>
      <Dialog
        open={isAsking}
        onClose={() => setIsAsking(false)}
        title={say("people.changeRoles")}
        text={say("people.changeRolesText", { name: card.name, roles: chosen.map((role) => say(`account.roles.${role}`)).join(", ") })}
        footer={footer}
      />
    </Section>
  );
}

function Sessions({ card }: { card: api.Card }) {
  const say = useWords();
  const [grave, setGrave] = useState<Grave | null>(null);
  const acts = card.sessions.length > 0 && (
    <Button small onClick={() => setGrave("sessions")}>
      {say("people.signOut")}
    </Button>
  );
  return (
    <Section title={say("people.sessions")} acts={acts}>
      {card.sessions.length === 0 ? (
        <Notice small icon="out" title={say("people.noSessions")} />
      ) : (
        <ul>
          {card.sessions.map((session) => (
            <li key={session.id} className="flex min-h-10 flex-wrap items-center gap-x-3 border-b border-line py-1 text-13 last:border-0">
              <span className="min-w-0 flex-1 truncate" title={session.program}>
                {session.program || "–"}
              </span>
              <span className="text-text-3">
                {session.host} · {say("people.seen")} <When at={session.seen_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <GraveDialog grave={grave} person={card} onClose={() => setGrave(null)} />
    </Section>
  );
}
