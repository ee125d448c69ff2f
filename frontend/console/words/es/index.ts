import { account } from "./account";
import { desk } from "./desk";
import { disputes } from "./disputes";
import { floor } from "./floor";
import { heldUp } from "./heldUp";
import { operator } from "./operator";
import { people } from "./people";
import { planning } from "./planning";
import { quality } from "./quality";
import { rights } from "./rights";
import { shell } from "./shell";
import { shops } from "./shops";
import { talk } from "./talk";

export const words = { account, desk, disputes, floor, heldUp, operator, people, planning, quality, rights, shell, shops, talk };
