import { account } from "./account";
import { beside } from "./beside";
import { desk } from "./desk";
import { disputes } from "./disputes";
import { finding } from "./finding";
import { floor } from "./floor";
import { heldUp } from "./heldUp";
import { operator } from "./operator";
import { people } from "./people";
import { planning } from "./planning";
import { quality } from "./quality";
import { related } from "./related";
import { rights } from "./rights";
import { shell } from "./shell";
import { shops } from "./shops";
import { talk } from "./talk";

export const words = { account, beside, desk, disputes, finding, floor, heldUp, operator, people, planning, quality, related, rights, shell, shops, talk };
