import type { NamedPolicy as NamedByClient } from "../../../protocol/requests.ts";
import { diffPolicies as diffOf, type NamedPolicy } from "../../service/diff.ts";
import type { Step } from "../../service/steps.ts";
import { customRequest, documentNamed } from "../custom-request.ts";
import type { Feature, Server } from "../feature.ts";
import type { Parameters } from "../parameters.ts";

export const diffPolicies: Feature = customRequest(
  "allocpolicy/diffPolicies",
  (given) => ({ first: readPolicy(given.inner("first")), second: readPolicy(given.inner("second")) }),
  async (server, params, step) => {
    const first = await policyOf(server, params.first, step);
    const second = await policyOf(server, params.second, step);
    const markdown = first === null || second === null ? null : diffOf(first, second);
    return markdown === null ? null : { markdown };
  },
);

function readPolicy(given: Parameters): NamedByClient {
  return { uri: given.text("uri"), policy: given.text("policy") };
}

async function policyOf(server: Server, { uri, policy }: NamedByClient, step: Step): Promise<NamedPolicy | null> {
  const known = await documentNamed(server, uri, step);
  return known === null ? null : { workspace: known.workspace, uri: known.key, name: policy };
}
