import { kernelNames } from "../../service/kernel-names.ts";
import { customRequest } from "../custom-request.ts";
import type { Feature } from "../feature.ts";

export const kernels: Feature = customRequest(
  "allocpolicy/kernels",
  () => ({}),
  () => kernelNames(),
);
