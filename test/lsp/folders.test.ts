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
