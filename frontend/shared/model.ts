/** What the API at the desk's host says, by the names that the screens use. Times are ISO 8601 UTC; ids are UUIDs. */

import type { components } from "./api";

type Shapes = components["schemas"];

export type Role = Shapes["Role"];
export type Client = Shapes["Client"];
export type ClientTile = Shapes["ClientMark"];
export type Me = Shapes["Me"];

export type AgentStatus = Shapes["AgentStatus"];
export type AgentState = Shapes["DeskState"];
export type Clock = Shapes["ClockShape"];
export type FloorRisk = Shapes["FloorRisk"];
export type Work = Shapes["Work"];
export type Desk = Shapes["Desk"];

export type Conversation = Shapes["Conversation"];
export type Message = Shapes["Message"];
export type Attachment = Shapes["Attachment"];
export type Thread = Shapes["OpenedConversation"];
export type HeldReply = Shapes["Held"];
export type Mention = Shapes["Mention"];

export type FloorQueue = Shapes["FloorQueue"];
export type FloorAgent = Shapes["FloorAgent"];
export type FloorWaiting = Shapes["FloorWaiting"];
export type Floor = Shapes["Floor"];
export type AssignTarget = Shapes["AssignTarget"];

export type Finished = Shapes["FinishedWork"];
export type Question = Shapes["ScorecardQuestion"];
export type Section = Shapes["ScorecardSection"];
export type Definition = Shapes["ScorecardDefinition"];
export type Scorecard = Shapes["Scorecard"];
export type EvaluationHead = Shapes["EvaluationHead"];
export type Evaluation = Shapes["Evaluation"];
export type FilledForm = Shapes["NewEvaluationRequest"];
export type EvaluationForm = Shapes["EvaluationForm"];
export type KeptForm = Shapes["KeptForm"];
export type Pin = Shapes["Pin"];
export type TimelineEntry = Shapes["TimelineEntry"];
export type EvaluationDispute = Shapes["EvaluationDispute"];
export type OpenDispute = Shapes["OpenDispute"];
export type ScorecardVersion = Shapes["ScorecardVersion"];
export type ScorecardInFull = Shapes["ScorecardInFull"];
export type DefinitionChange = Shapes["DefinitionChange"];
export type Sampling = Shapes["Sampling"];
export type SamplingPlan = Shapes["SamplingPlan"];
export type NewSamplingPlan = Shapes["NewSamplingPlanRequest"];
export type ToEvaluate = Shapes["ToEvaluate"];
/** true/false for yes/no, 0…max for a scale, an option, a number, "na" for not applicable. */
export type Answers = Evaluation["answers"];
export type Answer = Answers[string];

export type Person = Shapes["Colleague"];
export type InvoiceHead = Shapes["InvoiceHead"];
export type InvoiceLine = Shapes["InvoiceLine"];
export type Invoice = Shapes["Invoice"];
export type BillingRow = Shapes["BillingRow"];
export type NewShop = Required<Shapes["NewShopRequest"]>;

export type DisputeAsked = "open" | "overdue" | "accepted" | "rejected";
export type DisputeHead = Shapes["DisputeHead"];
export type DisputeAtDesk = Shapes["DisputeAtDesk"];

export type HeldUp = Shapes["HeldUp"];
export type HeldUpAtClient = Shapes["HeldUpAtClient"];

export type CustomerHead = Shapes["CustomerHead"];
export type CustomerRecord = Shapes["CustomerRecord"];
export type ListedShop = Shapes["ListedShop"];
export type ShopSettings = Shapes["ShopSettings"];
export type QueueSettings = Shapes["QueueSettings"];
export type QueueChoice = Shapes["QueueChoiceRequest"];
