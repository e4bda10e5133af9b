import { expect, test } from "vitest";
import { allApis } from "../../../server/model/apis.ts";
import { kernelOf, knownKernels } from "../../../server/model/kernels/kernels.ts";

test("no kernel has a function that it lacks, whatever the function's own file says", () => {
  let lacking = 0;
  for (const version of knownKernels()) {
    const kernel = kernelOf(version);
    if ("unknown" in kernel) continue;
    const lacked = allApis().filter(({ name }) => kernel.lacks.has(name));
    lacking += lacked.length;
    expect(
      lacked.filter(({ exists }) => exists(kernel)).map(({ name }) => name),
      version,
    ).toEqual([]);
  }
  expect(lacking).toBeGreaterThan(knownKernels().length);
});
