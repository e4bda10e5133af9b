import { explainLog as explain } from "../../service/kernel-log/explain.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { inSteps } from "../long-work.ts";

export const explainLog: Feature = customRequest(
  "allocpolicy/explainLog",
  (given) => ({ text: given.text("text") }),
  (_, { text }, step) => inSteps(explain(text), step),
);
