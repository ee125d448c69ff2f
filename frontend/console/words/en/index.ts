import { account } from "./account";
import { desk } from "./desk";
import { floor } from "./floor";
import { operator } from "./operator";
import { quality } from "./quality";
import { shell } from "./shell";
import { talk } from "./talk";

export const words = { account, desk, floor, operator, quality, shell, talk };
