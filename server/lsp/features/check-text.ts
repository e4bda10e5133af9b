import { checkText as findingsInText } from "../../service/check-text.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const checkText: Feature = customRequest(
  "allocpolicy/checkText",
  (given) => ({ text: given.text("text") }),
  (_, { text }) => ({ findings: findingsInText(text) }),
);
