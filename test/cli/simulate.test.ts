import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/paths.ts";
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
    expect(out.split("\n")).toEqual([
      "table on shattered: fails; wakes kswapd, reclaims, compacts, drains the per-cpu",
      "  lists, prints a failure report",
      "gently on shattered: fails; wakes kswapd, reclaims, compacts, drains the per-cpu",
      "  lists",
      "table on roomy: succeeds from zone Normal of node 0",
      "gently on roomy: succeeds from zone Normal of node 0",
      "",
    ]);
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
    [["simulate", "m.allocpolicy", "--runs", "0"], "--runs takes a whole number from 1 to 1000000"],
    [["simulate", "m.allocpolicy", "--runs", "3", "--seed", "x"], "--seed takes a whole number"],
  ])("%j: %s", async (args, message) => {
    const cwd = folderWith({
      "m.allocpolicy": FILE,
      "none.allocpolicy": "kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_KERNEL }\n",
    });
    const { status, err } = await run(args, { cwd });
    expect(status).toBe(2);
    expect(err).toContain(message);
  });

  test("what cannot be run is said, and the others go on", async () => {
    const cwd = folderWith({
      "m.allocpolicy": `${FILE.replace("order 10: 200", "order 10: 5000")}
request lost { api kmalloc  size 64 B  flags GFP_KERNEL  context nowhere }
`,
    });
    const { status, out } = await run(["simulate", "m.allocpolicy"], { cwd });
    expect(status).toBe(1);
    expect(out).toMatch(/^lost on shattered: cannot be run: the context is not known$/m);
    expect(out).toMatch(/^table on roomy: cannot be run: the state of memory roomy cannot be: /m);
    expect(out).toMatch(/^table on shattered: fails; /m);
    const { out: json } = await run(["simulate", "m.allocpolicy", "--json"], { cwd });
    expect(JSON.parse(json)).toHaveLength(6);
    expect(JSON.parse(json)[2]).toMatchObject({ request: "lost", error: "the context is not known" });
  });

  test("a fallback is tried where a request fails, and kernels that differ are told apart", async () => {
    const cwd = folderWith({
      "m.allocpolicy": `${FILE.replace("kernel 6.12", "kernel 6.11, 6.12")}
request first  { api alloc_pages  order 4  flags GFP_NOWAIT  fallback second }
request second { api alloc_pages  order 0  flags GFP_NOWAIT  fallback first }
request only   { api alloc_pages  order 2  flags GFP_ATOMIC | __GFP_NOFAIL }
`,
    });
    const { out } = await run(["simulate", "m.allocpolicy", "--memory", "shattered"], { cwd });
    expect(out).toMatch(
      /^first on shattered: fails; wakes kswapd.*\n {2}then second: succeeds from zone Normal of node 0$/m,
    );
    expect(out).toMatch(/^only on shattered \(.*6\.11\): /m);
    expect(out).toMatch(/^only on shattered \(.*6\.12\): /m);
    const { out: json } = await run(
      ["simulate", "m.allocpolicy", "--memory", "shattered", "--request", "first", "--json"],
      { cwd },
    );
    expect(JSON.parse(json)).toMatchObject([
      { request: "first", kernels: ["6.11", "6.12"], fallbacks: [{ request: "second", result: "ok" }] },
    ]);
  });

  test("the trace of 32,768 pages is a few lines of 80 columns, in the units of the state", async () => {
    const cwd = folderWith({ "r.allocpolicy": RANGE });
    const { out } = await run(["simulate", "r.allocpolicy", "--trace"], { cwd });
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(20);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(out).toContain("16384 times:");
    expect(out).toContain("moved away: 64 MiB");
    const { out: json } = await run(["simulate", "r.allocpolicy", "--trace", "--json"], { cwd });
    expect(JSON.parse(json)[0].steps.map(({ times }: { times: number }) => times)).toContain(16_384);
  });

  test("--runs lays the modes of a range side by side, the same every time", async () => {
    const cwd = folderWith({ "r.allocpolicy": RANGE });
    const { status, out } = await run(["simulate", "r.allocpolicy", "--runs", "500"], { cwd });
    expect(status).toBe(0);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/^unplug on host, 6\.12: 128 MiB; 500 runs, seed 1, 8 CPUs\. A try is/m);
    for (const mode of ["kernel 6\\.12", "fast", "hard", "normal \\*"])
      expect(out).toMatch(new RegExp(`^${mode} +\\d+\\.\\d %`, "m"));
    expect((await run(["simulate", "r.allocpolicy", "--runs", "500"], { cwd })).out).toBe(out);
    const { out: json } = await run(["simulate", "r.allocpolicy", "--runs", "500", "--seed", "2", "--json"], { cwd });
    expect(JSON.parse(json)[0]).toMatchObject({
      request: "unplug",
      memory: "host",
      kernel: "6.12",
      runs: 500,
      seed: 2,
      pages: 32_768,
      rows: [
        { mode: "kernel 6.12", result: { successes: { of: 500 } } },
        { mode: "fast" },
        { mode: "hard" },
        { mode: "normal", selected: true },
      ],
    });
  });

  test("--runs has the request with its fallbacks too: as the kernel does it, and in the modes of both", async () => {
    const again = `fallback again }
request again like unplug { flags GFP_KERNEL | __GFP_RETRY_MAYFAIL  fallback unplug }`;
    const cwd = folderWith({
      "r.allocpolicy": RANGE.replace("flags GFP_KERNEL }", `flags GFP_KERNEL | __GFP_NORETRY  ${again}`),
      "plain.allocpolicy": RANGE.slice(0, RANGE.indexOf("policy"))
        .concat(RANGE.slice(RANGE.indexOf("request")))
        .replace("flags GFP_KERNEL }", `flags GFP_KERNEL  ${again}`),
    });
    const rowsOf = async (file: string): Promise<ReadonlyMap<string, number>> => {
      const { out } = await run(["simulate", file, "--runs", "200", "--request", "unplug", "--json"], { cwd });
      const rows: readonly { mode: string; result: { successes: { count: number } } }[] = JSON.parse(out)[0].rows;
      return new Map(rows.map(({ mode, result }) => [mode, result.successes.count]));
    };
    const rows = await rowsOf("r.allocpolicy");
    expect([...rows.keys()]).toEqual([
      "kernel 6.12",
      "fast",
      "hard",
      "normal",
      "kernel 6.12: unplug, then again",
      "modes: unplug, then again",
    ]);
    for (const [chain, first] of [
      ["kernel 6.12: unplug, then again", "kernel 6.12"],
      ["modes: unplug, then again", "fast"],
    ] as const)
      expect([chain, (rows.get(chain) ?? 0) > (rows.get(first) ?? 0)]).toEqual([chain, true]);
    expect([...(await rowsOf("plain.allocpolicy")).keys()]).toEqual(["kernel 6.12", "kernel 6.12: unplug, then again"]);
  });

  test("--svg draws the modes: docs/hard-mode.svg is of the example", async () => {
    const args = ["simulate", "examples/hard-mode.allocpolicy", "--runs", "2000", "--request", "unplug", "--svg"];
    const { status, out } = await run(args, { cwd: inRoot() });
    expect(status).toBe(0);
    expect(out, `allocpolicy ${args.join(" ")} > docs/hard-mode.svg`).toBe(
      readFileSync(inRoot("docs/hard-mode.svg"), "utf8"),
    );
    expect(out).toMatch(/<desc id="words">On quiet: kernel 6\.12 succeeds in/);
  });

  test("--runs says so of what asks for no range", async () => {
    const { status, out } = await run(["simulate", "m.allocpolicy", "--runs", "9"], {
      cwd: folderWith({ "m.allocpolicy": FILE }),
    });
    expect(status).toBe(1);
    expect(out).toMatch(/^table on shattered, 6\.12: cannot be run: alloc_pages asks for no range of pages$/m);
  });
});

const RANGE = `kernel 6.12
policy ranges for alloc_contig_range {
  mode fast   when has __GFP_NORETRY { drain none, retries 0 }
  mode hard   when has __GFP_RETRY_MAYFAIL { drain lru | pcp, pcp disabled, retries 10 }
  mode normal otherwise { drain lru | pcp, retries 5 }
}
request unplug { api alloc_contig_range  size 128 MiB  flags GFP_KERNEL }
memory host {
  node 0 {
    zone Movable {
      managed 4 GiB
      free    order 10: 512
      movable 64 MiB
      pinned  mapping 30 pages for about 1 ms
      range   { movable 64 MiB  pinned mapping 3 pages for about 1 ms  percpu 4 pages returning 5 % }
    }
  }
}
`;
