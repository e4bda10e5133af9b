// Each folder of a workspace has settings of its own.
import { expect, test } from "vitest";
import { field } from "./_client.ts";
import { onDisk, start } from "./_fixture.ts";

test("each folder is judged by the kernel of its own settings, and a header over both", async () => {
  const bare = "context rx { in softirq }\n";
  const [old, young] = [onDisk({ "a.allocpolicy": bare }), onDisk({ "b.allocpolicy": bare })];
  const client = await start({
    pull: true,
    folders: [old, young],
    configuration: (scope) => ({ kernel: scope === old ? "6.1" : scope === young ? "6.18" : "" }),
  });
  await client.until(() => client.refreshes.includes("workspace/diagnostic/refresh") || undefined);
  const kernelOf = async (uri: string, text: string): Promise<unknown> => {
    client.open(uri, text);
    return field(await client.request("allocpolicy/kernelInForce", { uri }), "kernels");
  };
  expect(await kernelOf(`${old}/a.allocpolicy`, bare)).toBe("6.1");
  expect(await kernelOf(`${young}/b.allocpolicy`, bare)).toBe("6.18");
  expect(await kernelOf(`${young}/c.allocpolicy`, `kernel 6.12\n${bare}`)).toBe("6.12");
});

test("what is wrong with the settings of one folder of several is told with its name, and what all have once", async () => {
  const [old, young] = [onDisk({}), onDisk({})];
  const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf("/") + 1);
  const shown = async (folders: readonly string[]): Promise<readonly string[]> => {
    const client = await start({
      folders: [...folders],
      configuration: (scope) => ({ kernel: scope === old ? "4.1" : "6.18", rules: { "no-such-rule": "off" } }),
    });
    return client.until(() => client.shown[0]?.split("\n"));
  };
  const starts = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replace(/: (?!alloc).*/, ""));
  expect(starts(await shown([old, young]))).toEqual(["allocpolicy.rules", `${nameOf(old)}: allocpolicy.kernel`]);
  expect(starts(await shown([old]))).toEqual(["allocpolicy.rules", "allocpolicy.kernel"]);
});
