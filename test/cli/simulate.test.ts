import { describe, expect, test } from "vitest";
import { folderWith, run } from "./_run.ts";

const FILE = `kernel 6.12

memory shattered {
  node 0 {
    zone Normal {
      managed    4 GiB
      free       order 0: 51200
      watermarks min 45 MiB, low 56 MiB, high 67 MiB
    }
  }
}

memory roomy {
  node 0 {
    zone Normal {
      managed    4 GiB
      free       order 0: 1000, order 10: 200
      watermarks min 45 MiB, low 56 MiB, high 67 MiB
    }
  }
}

request table  { api alloc_pages  order 4  flags GFP_KERNEL }
request gently { api alloc_pages  order 4  flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN }
`;

describe("simulate", () => {
  test("runs every request on every state of memory", async () => {
    const { status, out } = await run(["simulate", "m.allocpolicy"], { cwd: folderWith({ "m.allocpolicy": FILE }) });
    expect(status).toBe(0);
    expect(out.split("\n").map((line) => line.split(";")[0])).toEqual([
      "table on shattered: fails",
      "gently on shattered: fails",
      "table on roomy: succeeds from zone Normal of node 0",
      "gently on roomy: succeeds from zone Normal of node 0",
      "",
    ]);
    expect(out).toMatch(/table on shattered: .*prints a failure report/);
    expect(out).not.toMatch(/gently on shattered: .*prints a failure report/);
  });

  test("--trace tells the steps, each with its kernel function", async () => {
    const args = ["simulate", "m.allocpolicy", "--request", "table", "--memory", "shattered", "--trace"];
    const { out } = await run(args, { cwd: folderWith({ "m.allocpolicy": FILE }) });
    expect(out).toMatch(/^ {4}try_to_free_pages: /m);
    expect(out).toMatch(/^ {4}warn_alloc: /m);
  });

  test("--json has the outcome of the contract", async () => {
    const { out } = await run(["simulate", "m.allocpolicy", "--memory", "roomy", "--json"], {
      cwd: folderWith({ "m.allocpolicy": FILE }),
    });
    expect(JSON.parse(out)[0]).toMatchObject({
      request: "table",
      memory: "roomy",
      result: "ok",
      node: 0,
      zone: "Normal",
      oom_invoked: false,
    });
  });

  test.each([
    [["simulate"], "name one file"],
    [["simulate", "m.allocpolicy", "--request", "nobody"], "there is no request 'nobody'"],
    [["simulate", "m.allocpolicy", "--memory", "nothing"], "there is no memory 'nothing'"],
    [["simulate", "none.allocpolicy"], "the file has no state of memory"],
    [["simulate", "lost.allocpolicy"], "the request 'r' cannot be run: the context is not known"],
    [
      ["simulate", "impossible.allocpolicy"],
      "the state of memory 'roomy' cannot be used: 'allocpolicy check' says why",
    ],
  ])("%j: %s", async (args, message) => {
    const cwd = folderWith({
      "m.allocpolicy": FILE,
      "none.allocpolicy": "kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_KERNEL }\n",
      "lost.allocpolicy": `${FILE}request r { api kmalloc size 64 B flags GFP_KERNEL context nowhere }\n`,
      "impossible.allocpolicy": FILE.replace("order 10: 200", "order 10: 5000"),
    });
    const { status, err } = await run(args, { cwd });
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});
