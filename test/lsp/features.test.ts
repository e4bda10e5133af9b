// What the server says that it can do, beside what it answers.
import { describe, expect, test } from "vitest";
import type { Method, ParamsOf } from "../../protocol/requests.ts";
import { capabilitiesOf } from "../../server/lsp/feature.ts";
import { FEATURES } from "../../server/lsp/features/index.ts";
import { abilitiesOf } from "../../server/lsp/abilities.ts";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import { field } from "./_client.ts";
import { standardRequests } from "./_methods.ts";
import { MAIN, positionOf, SLEEPER, start } from "./_fixture.ts";

const METHOD_NOT_FOUND = -32601;
const isOffered = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

describe("the requests of the protocol", () => {
  test("are as many as the protocol has", () => {
    expect(standardRequests().map(({ method }) => method)).toEqual(
      expect.arrayContaining(["textDocument/hover", "completionItem/resolve", "textDocument/codeLens"]),
    );
  });

  test.each(standardRequests().map(({ method, capability }) => [method, capability] as const))(
    "%s is answered if and only if the server says so",
    async (method, capability) => {
      const client = await start({ pull: true });
      const offered = isOffered(capability.reduce<unknown>(field, client.capabilities));
      const code = await client.request(method, {}).then(
        () => null,
        (error: unknown) => field(error, "code"),
      );
      expect(code !== METHOD_NOT_FOUND).toBe(offered);
    },
  );
});

const C = "file:///policies/a.c";
const C_TEXT = "#include <linux/slab.h>\nvoid *f(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n";

const RANGE = `request range { api alloc_contig_range  size 4 MiB  flags GFP_KERNEL }
memory m { node 0 { zone Movable { managed 1 GiB  free order 10: 100 } } }
`;

/** Parameters that make sense, for every request beyond the protocol: the compiler says when one is missing. */
const SENSIBLE: { readonly [M in Method]: ParamsOf<M> } = {
  "allocpolicy/kernelInForce": { uri: MAIN },
  "allocpolicy/rulePage": { rule: "sleep-in-atomic" },
  "allocpolicy/rules": {},
  "allocpolicy/checkText": { text: "flags A = GFP_KERNAL" },
  "allocpolicy/decode": { mask: "0xcc0", kernel: "6.12" },
  "allocpolicy/expectations": { uri: MAIN, fresh: true },
  "allocpolicy/policies": { uri: MAIN },
  "allocpolicy/matrix": { uri: MAIN, policy: "p", position: { line: 0, character: 0 } },
  "allocpolicy/exportMatrix": { uri: MAIN, format: "svg" },
  "allocpolicy/callers": { uri: MAIN, policy: "p", position: { line: 0, character: 0 } },
  "allocpolicy/simulations": { uri: MAIN },
  "allocpolicy/simulate": { uri: MAIN, request: "range", memory: "m", kernel: "6.12" },
  "allocpolicy/modes": { uri: MAIN, request: "range" },
  "allocpolicy/exportSimulation": { uri: MAIN, request: "range", format: "markdown" },
  "allocpolicy/kernels": {},
  "allocpolicy/diffKernels": { uri: MAIN, from: "6.1", to: "6.12" },
  "allocpolicy/explainCall": { uri: C, position: positionOf(C_TEXT, "kmalloc") },
  "allocpolicy/explainLog": { text: "our_task: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL)\n" },
  "allocpolicy/diffPolicies": { first: { uri: MAIN, policy: "p" }, second: { uri: MAIN, policy: "p" } },
};

describe("the requests beyond the protocol", () => {
  test("are those that the server lists", async () => {
    const { capabilities } = await start();
    expect(Object.keys(Object(capabilities.experimental)).sort()).toEqual(Object.keys(SENSIBLE).sort());
  });

  test.each(Object.entries(SENSIBLE))("%s is answered", async (method, params) => {
    const client = await start();
    client.open(MAIN, `${SLEEPER}policy p for kmalloc { forbid has __GFP_ZERO }\n${RANGE}`);
    client.open(C, C_TEXT, 1, "c");
    expect(await client.request(method, params)).not.toBeNull();
  });

  const wrong = Object.entries(SENSIBLE).flatMap(([method, params]) =>
    Object.entries(params).map(([name]) => [method, name, params] as const),
  );
  test.each(wrong)("%s names a wrong '%s', and the server goes on", async (method, name, params) => {
    const client = await start();
    client.open(MAIN, SLEEPER);
    for (const value of [7, [], "position" === name ? { line: -1, character: 0 } : 0.5]) {
      const error = await client.request(method, { ...params, [name]: value }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(`'${name}`) });
    }
    expect(await client.request("allocpolicy/policies", { uri: MAIN })).toEqual([]);
  });

  test.each(Object.entries(SENSIBLE).flatMap(([method, params]) => (Object.keys(params).length === 0 ? [] : [method])))(
    "%s refuses parameters that are none",
    async (method) => {
      const client = await start();
      for (const params of [{}, null, [], undefined])
        await expect(client.request(method, params)).rejects.toMatchObject({ code: -32602 });
    },
  );

  test.each([
    "allocpolicy/kernelInForce",
    "allocpolicy/expectations",
    "allocpolicy/matrix",
    "allocpolicy/exportMatrix",
    "allocpolicy/diffKernels",
    "allocpolicy/explainCall",
    "allocpolicy/callers",
  ] as const)("%s answers null for a document that is not there", async (method) => {
    const client = await start();
    for (const uri of ["no uri", "file:///gone"])
      expect(await client.request(method, { ...SENSIBLE[method], uri })).toBeNull();
  });
});

test("two features never claim the same capability", () => {
  const abilities = abilitiesOf({ textDocument: { diagnostic: {} }, workspace: { workspaceFolders: true } });
  const claimed = FEATURES.flatMap(({ capability }) => Object.keys(capability(abilities, DOCUMENT_KINDS)));
  const shared = new Set(["experimental", "workspace"]);
  expect(claimed.filter((name, at) => !shared.has(name) && claimed.indexOf(name) !== at)).toEqual([]);
  expect(new Set(Object.keys(capabilitiesOf(FEATURES, abilities, DOCUMENT_KINDS)))).toEqual(
    new Set(["positionEncoding", ...claimed]),
  );
});
