import { kernelNames } from "../../service/diff.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const kernels: Feature = customRequest(
  "allocpolicy/kernels",
  () => ({}),
  () => kernelNames(),
);
