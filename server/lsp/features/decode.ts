import { decodeMask } from "../../service/decode.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const decode: Feature = customRequest(
  "allocpolicy/decode",
  (given) => ({ mask: given.text("mask"), kernel: given.optionalText("kernel") }),
  (_, { mask, kernel }) => {
    const text = decodeMask(mask, kernel ?? null);
    return text === null ? null : { text };
  },
);
