import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { Button } from "../../shared/components/Button";
import { SelectField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { now } from "../../shared/time/now";
import { asDay } from "../../shared/time/words";
import { useWords } from "../words/load";
import * as api from "./api";
import { refusalKey } from "./asking";
import { FigureTable } from "./FigureTable";
import { GroupsPlayed, Lines } from "./Lines";
import { Trainings } from "./Trainings";
import { questionIn } from "./words";

const HourChart = lazy(() => import("./HourChart").then((module) => ({ default: module.HourChart })));
const route = getRouteApi("/inside/planning/$whatIf");

/** One what-if: how far it is, and what came of it. */
export function WhatIfPage() {
  const say = useWords();
  const language = useLanguage();
  const { whatIf } = route.useParams();
  const query = useQuery({
    queryKey: ["planning", "what-if", whatIf],
    queryFn: () => api.whatIf(whatIf),
    refetchInterval: ({ state }) => (state.data && api.isOpen(state.data) ? 1500 : false),
  });
  const found = query.data;
  const span = found && `${asDay(found.week.start, language, now())} – ${asDay(Date.parse(found.week.end) - 1000, language, now())}`;
  return (
    <Page
      isForReading
      wide
      title={found ? questionIn(found, found.policy, say) : say("planning.title")}
      detail={found && say("planning.weekOf", { span: span!, count: found.conversations })}
      acts={found && <Acts found={found} />}
    >
      <Asked query={query} rows={10}>
        {(data) => (data.result ? <Result found={data} /> : <Unfinished found={data} />)}
      </Asked>
    </Page>
  );
}

function Acts({ found }: { found: api.WhatIf }) {
  const say = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const act = async (step: () => Promise<unknown>, then?: () => Promise<unknown>) => {
    setIsBusy(true);
    try {
      await step();
      await then?.();
      await client.invalidateQueries({ queryKey: ["planning"] });
    } catch (error) {
      toast(say(refusalKey(error)), { kind: "risk" });
    } finally {
      setIsBusy(false);
    }
  };
  const back = () => navigate({ to: "/planning", search: {} });
  return (
    <>
      <Link to="/planning" search={{}} className="text-13 text-text-2 underline-offset-2 hover:underline">
        {say("planning.all")}
      </Link>
      <a href={api.scenarioLink(found.id)} download className="inline-flex items-center gap-1 text-13 text-text-2 underline-offset-2 hover:underline">
        <Icon name="down_tray" size={14} />
        {say("planning.scenario")}
      </a>
      {api.isOpen(found) ? (
        <Button disabled={isBusy} onClick={() => void act(() => api.cancel(found.id))}>
          {say("planning.cancel")}
        </Button>
      ) : (
        <Button kind="risk" disabled={isBusy} onClick={() => void act(() => api.forget(found.id), back)}>
          {say("planning.forget")}
        </Button>
      )}
    </>
  );
}

function Unfinished({ found }: { found: api.WhatIf }) {
  const say = useWords();
  if (!api.isOpen(found)) return <Notice icon="warn" title={say(`planning.states.${found.state}`)} text={say("planning.notDoneText")} />;
  return (
    <div className="mx-auto flex max-w-md flex-col gap-3 py-16 text-center">
      <p className="text-13 font-medium">{say(`planning.states.${found.state}`)}</p>
      <progress className="h-1.5 w-full accent-accent" value={found.plays_done} max={found.plays_total} aria-label={say("planning.progress")} />
      <p className="num text-13 text-text-2">{say("planning.playsDone", { done: found.plays_done, total: found.plays_total })}</p>
      <p className="text-13 text-text-3">{say("planning.leaveText")}</p>
    </div>
  );
}

function Result({ found }: { found: api.WhatIf }) {
  const say = useWords();
  const [beside, setBeside] = useState("");
  const list = useQuery({ queryKey: ["planning"], queryFn: api.planning });
  const others = (list.data?.what_ifs ?? []).filter(
    (each) => each.id !== found.id && each.after && each.week.start === found.week.start && each.clients.length === found.clients.length,
  );
  const other = others.find((each) => each.id === beside);
  const isTraining = found.kind === "training";
  return (
    <div className="flex flex-col gap-10">
      {isTraining && <Trainings found={found} />}
      <section aria-label={say("planning.figures")} className="flex flex-col gap-3">
        <h2 className="text-13 font-semibold">{isTraining ? say("planning.asItWas") : say("planning.figures")}</h2>
        {!isTraining && others.length > 0 && (
          <div className="max-w-xs">
            <SelectField label={say("planning.beside")} value={beside} onChange={(event) => setBeside(event.target.value)}>
              <option value="">{say("planning.besideNone")}</option>
              {others.map((each) => (
                <option key={each.id} value={each.id}>
                  {questionIn(each, found.policy, say)}
                </option>
              ))}
            </SelectField>
          </div>
        )}
        <FigureTable found={found} other={other} />
        <Honesty found={found} />
      </section>
      <Suspense>
        <HourChart found={found} />
      </Suspense>
      <Lines found={found} />
      <GroupsPlayed found={found} />
    </div>
  );
}

/** What these figures rest on, and what they leave out. */
function Honesty({ found }: { found: api.WhatIf }) {
  const say = useWords();
  return (
    <ul className="flex max-w-3xl list-disc flex-col gap-1 pl-4 text-12 text-text-3">
      <li>{say("planning.honest.replications", { count: found.replications })}</li>
      <li>{say("planning.honest.penalty")}</li>
      <li>{say("planning.honest.leftOut")}</li>
      {found.remarks.map((remark) => (
        <li key={remark}>{say(`planning.honest.${remark}`)}</li>
      ))}
    </ul>
  );
}
