import { toMarkdown } from "../../service/matrix/markdown.ts";
import { toSvg } from "../../service/matrix/svg.ts";
import { customRequest, policyParams } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import { matrixAsked } from "../matrix-asked.ts";

export const exportMatrix: Feature = customRequest(
  "allocpolicy/exportMatrix",
  (given) => ({ ...policyParams(given), format: given.oneOf("format", ["markdown", "svg"]) }),
  async (server, params, step) => {
    const asked = await matrixAsked(server, params, step);
    if (asked === null || asked.answer.kind !== "matrix") return null;
    const { matrix } = asked.answer;
    return { text: params.format === "svg" ? toSvg(matrix) : toMarkdown(matrix) };
  },
);
