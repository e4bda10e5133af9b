import { catalogue } from "../../policy-language/catalogue.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const rules: Feature = customRequest(
  "allocpolicy/rules",
  () => ({}),
  () => catalogue().map(({ id, title, severity }) => ({ id, title, severity })),
);
