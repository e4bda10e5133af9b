import { rulePage as pageOf } from "../../policy-language/catalogue.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const rulePage: Feature = customRequest(
  "allocpolicy/rulePage",
  (given) => ({ rule: given.text("rule") }),
  (_, { rule }) => {
    const markdown = pageOf(rule);
    return markdown === null ? null : { markdown };
  },
);
