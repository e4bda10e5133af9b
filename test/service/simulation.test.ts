import { describe, expect, test } from "vitest";
import {
  modesAnswer,
  modesOf,
  simulationMarkdown,
  simulationOf,
  simulationPlaces,
  simulationSvg,
} from "../../server/service/simulation.ts";
import { atOnce } from "./_at-once.ts";
import { fixture } from "./_fixture.ts";

const TEXT = `kernel 6.6, 6.12
memory low {
  node 0 { zone Normal { managed 4 GiB  free order 0: 9000  watermarks min 45 MiB, low 56 MiB, high 67 MiB  reclaimable 90 MiB } }
}
memory host {
  node 0 { zone Movable { managed 4 GiB  free order 10: 900  range { movable 4 MiB  pinned mapping 2 pages for about 5 tries } } }
}
policy ranges for alloc_contig_range {
  mode hard   when has __GFP_RETRY_MAYFAIL { pcp disabled, retries 100 }
  mode normal otherwise                    { retries 5 }
}
request page   { api alloc_pages  order 0  flags GFP_KERNEL }
request table  { api alloc_pages  order 3  flags GFP_KERNEL | __GFP_NORETRY  fallback page }
request unplug { api alloc_contig_range  size 8 MiB  flags GFP_KERNEL }
expect table on low { fails }
expect page { fails never }
`;
const { workspace, uri } = fixture(TEXT);

describe("a simulation that is shown", () => {
  test("begins above each request, and above each expectation on a state", () => {
    expect(simulationPlaces(workspace, uri).map(({ request, memory }) => [request, memory])).toEqual([
      ["page", null],
      ["table", null],
      ["unplug", null],
      ["table", "low"],
    ]);
    const without = fixture("kernel 6.12\nrequest r { api kmalloc size 8 B flags GFP_KERNEL }\n");
    expect(simulationPlaces(without.workspace, without.uri)).toEqual([]);
  });

  test("is a path with a picture for each step, each picture once", () => {
    const shown = atOnce(simulationOf(workspace, uri, { request: "table", memory: "low", kernel: "6.6" }));
    expect(shown).toMatchObject({
      kernel: "6.6",
      kernels: ["6.6", "6.12"],
      memories: ["low", "host"],
      requests: ["page", "table", "unplug"],
      hasModes: false,
    });
    expect(shown?.outcome).toMatch(/^table on low fails; .*\. then page succeeds from zone Normal of node 0/);
    const pictures = shown?.pictures ?? [];
    expect(pictures.length).toBeGreaterThan(1);
    expect(new Set(pictures.map(({ words }) => words)).size).toBe(pictures.length);
    for (const { picture } of shown?.steps ?? []) expect(pictures[picture]?.svg).toMatch(/^<svg [^>]*role="img"/);
    expect(shown?.steps.some(({ at }) => at === "fallback")).toBe(true);
    expect(pictures[0]?.words).toBe("node 0 Normal: 35.2 MiB free, not above min; order 0: 9000.");
  });

  test("of very many steps has the picture after each that is shown, in slices", () => {
    const long = fixture(
      "kernel 6.12\nmemory m { node 0 { zone Movable { managed 4 GiB  free order 0: 9000, order 10: 900  range { movable 64 MiB } } } }\nrequest r { api alloc_contig_range  size 64 MiB  flags GFP_KERNEL }\n",
    );
    const steps = simulationOf(long.workspace, long.uri, { request: "r", memory: null, kernel: null });
    let slices = 0;
    for (let next = steps.next(); ; next = steps.next()) {
      slices += 1;
      if (next.done !== true) continue;
      const shown = next.value;
      expect(slices).toBeGreaterThan(3);
      expect(shown?.steps.some(({ times }) => times > 1000)).toBe(true);
      // What repeats itself takes pages one by one: memory is another after the first and after the last of them.
      expect(new Set(shown?.steps.map(({ picture }) => picture)).size).toBe(shown?.pictures.length);
      expect(shown?.pictures.length).toBeGreaterThan(1);
      for (const { words } of shown?.pictures ?? []) expect(words).toMatch(/^node 0 Movable: \S+ [KMG]iB free/);
      return;
    }
  });

  test("takes the first state and the newest kernel, and knows no request that is not there", () => {
    expect(atOnce(simulationOf(workspace, uri, { request: "page", memory: null, kernel: null }))).toMatchObject({
      memory: "low",
      kernel: "6.12",
    });
    expect(atOnce(simulationOf(workspace, uri, { request: "nobody", memory: null, kernel: null }))).toBe(null);
  });

  test("of a range has modes, one after the other", () => {
    const modes = modesOf(workspace, uri, { request: "unplug", memory: "host", kernel: null });
    if (modes === null) throw new Error("there are no modes");
    const { svg, text } = modesAnswer(
      modes,
      modes.rows.map((run) => run()),
    );
    expect(text).toMatch(/^hard +100\.0 %/m);
    expect(svg).toMatch(/<desc id="words">On host: kernel 6\.12 succeeds in \d+\.\d %/);
    // A page of a view has its own style, and lets none in.
    expect(svg).not.toContain("<style>");
    expect(modesOf(workspace, uri, { request: "page", memory: "low", kernel: null })).toBe(null);
  });

  test("is written as Markdown, and as SVG for light and dark", () => {
    const asked = { request: "unplug", memory: "host", kernel: null };
    const markdown = atOnce(simulationMarkdown(workspace, uri, asked)) ?? "";
    expect(markdown).toMatch(/^# `unplug` on `host`, Linux 6\.12\n/);
    expect(markdown).toContain("## Modes");
    expect(markdown).toContain("## Memory");
    for (const request of ["unplug", "table"]) {
      const svg = atOnce(simulationSvg(workspace, uri, { request, memory: null, kernel: null })) ?? "";
      expect(svg).toMatch(/^<svg xmlns=/);
      expect(svg).toContain("prefers-color-scheme:dark");
      expect(svg).toMatch(/<title id="title">.+<\/title>\n<desc id="words">.+<\/desc>/);
    }
  });
});
