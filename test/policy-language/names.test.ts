import { describe, expect, test } from "vitest";
import { policyFile } from "../../server/policy-language/analysis/policy-files.ts";
import { definitionOf, referencesOf, symbolAt } from "../../server/policy-language/names/names.ts";
import { resolveUri } from "../../server/policy-language/analysis/uris.ts";
import { nearest } from "../../server/policy-language/names/suggest.ts";
import { FIXTURE_URI, fixtureUri, fixtureWorkspace } from "./_fixture.ts";

const LIBRARY = "kernel 6.12\nflags RING = GFP_KERNEL\ntransform quiet(gfp) = gfp | __GFP_NOWARN\n";
const TEXT = `kernel 6.12
import "library.allocpolicy"
context rx { in softirq }
policy p for kmalloc {
  forbid has RING and in rx
  mode fast when has __GFP_NORETRY { retries 0 }
}
request a { api kmalloc  size 64 B  flags quiet(RING)  context rx  expect { mode fast } }
request rx like a { fallback a  policy p }
expect quiet gives has __GFP_NOWARN
expect a { mode fast }
`;

/** Where the symbol under the first occurrence of `before$0after` is used, as `file:line text`. */
function uses(marked: string): readonly string[] {
  const workspace = fixtureWorkspace(TEXT, {
    files: {
      "library.allocpolicy": LIBRARY,
      "stranger.allocpolicy": "kernel 6.12\nflags RING = GFP_NOFS\nflags B = RING\n",
    },
  });
  const at = TEXT.indexOf(marked.replace("$0", "")) + marked.indexOf("$0");
  const found = symbolAt(workspace, FIXTURE_URI, at);
  if (found === null) return [];
  return referencesOf(workspace, FIXTURE_URI, found.symbol)
    .map(({ uri, region, span, declares }) => {
      const file = policyFile(workspace, uri);
      const start = (file?.starts[region] ?? 0) + span.start;
      const text = file?.text ?? "";
      const line = text.slice(0, start).split("\n").length;
      return `${uri.replace("file:///fixture/", "").replace(".allocpolicy", "")}:${line} ${text.slice(start, start + span.end - span.start)}${declares ? " declared" : ""}`;
    })
    .sort();
}

describe("references", () => {
  test("a context is found where it is used, and not the request of the same name", () => {
    expect(uses("context $0rx")).toEqual(["example:3 rx declared", "example:5 rx", "example:8 rx"]);
    expect(uses("request $0rx")).toEqual(["example:9 rx declared"]);
  });

  test("an imported alias is found in every file that sees it, and in no other", () => {
    expect(uses("has $0RING")).toEqual(["example:5 RING", "example:8 RING", "library:2 RING declared"]);
  });

  test("a transform is one symbol in masks and in expectations", () => {
    expect(uses("expect qu$0iet")).toEqual(["example:10 quiet", "example:8 quiet", "library:3 quiet declared"]);
  });

  test("requests and policies are found in like, fallback, policy and expect", () => {
    expect(uses("like $0a ")).toEqual(["example:11 a", "example:8 a declared", "example:9 a", "example:9 a"]);
    expect(uses("policy p$0 for")).toEqual(["example:4 p declared", "example:9 p"]);
  });

  test("a mode is found in the facts of the requests that its policy binds", () => {
    expect(uses("mode $0fast when")).toEqual(["example:11 fast", "example:6 fast declared", "example:8 fast"]);
  });

  test("names of the kernel are no symbols of a file", () => {
    expect(uses("has $0__GFP_NORETRY")).toEqual([]);
  });

  test("a parameter lives in its transform", () => {
    const workspace = fixtureWorkspace(LIBRARY);
    const found = symbolAt(workspace, FIXTURE_URI, LIBRARY.indexOf("gfp |"));
    expect(found?.symbol).toMatchObject({ kind: "parameter", name: "gfp" });
    expect(found === null ? [] : referencesOf(workspace, FIXTURE_URI, found.symbol)).toHaveLength(2);
    expect(found === null ? null : definitionOf(workspace, FIXTURE_URI, found.symbol)).toMatchObject({
      declares: true,
    });
  });
});

describe("uris", () => {
  test.each([
    ["file:///a/b/main.allocpolicy", "lib.allocpolicy", "file:///a/b/lib.allocpolicy"],
    ["file:///a/b/main.allocpolicy", "../lib.allocpolicy", "file:///a/lib.allocpolicy"],
    ["file:///a/b/main.allocpolicy", "./x/../y/lib.allocpolicy", "file:///a/b/y/lib.allocpolicy"],
    ["file:///main.allocpolicy", "../../lib.allocpolicy", "file:///lib.allocpolicy"],
    ["file:///a/main.allocpolicy", "/lib.allocpolicy", "file:///lib.allocpolicy"],
    ["file:///a/main.allocpolicy", "my file.allocpolicy", "file:///a/my%20file.allocpolicy"],
    ["file:///a%20b/main.allocpolicy", "lib.allocpolicy", "file:///a%20b/lib.allocpolicy"],
    ["vscode-vfs://github/o/r/main.allocpolicy", "lib.allocpolicy", "vscode-vfs://github/o/r/lib.allocpolicy"],
    ["untitled:Untitled-1", "lib.allocpolicy", "untitled:lib.allocpolicy"],
  ])("from %s, %s is %s", (base, path, expected) => {
    expect(resolveUri(base, path)).toBe(expected);
  });
});

describe("suggestions", () => {
  test.each([
    ["GFP_KERNAL", "GFP_KERNEL"],
    ["__GFP_NORETRY_", "__GFP_NORETRY"],
    ["gfp_kernel", "GFP_KERNEL"],
    ["__GFP_ATOMIC", "GFP_ATOMIC"],
  ])("%s was meant as %s", (wrong, right) => {
    expect(nearest(wrong, ["GFP_KERNEL", "GFP_ATOMIC", "__GFP_NORETRY", "GFP_NOFS"])[0]).toBe(right);
  });

  test("what is far from everything was meant as nothing", () => {
    expect(nearest("RING", ["GFP_KERNEL", "x"])).toEqual([]);
    expect(nearest("a", ["b", "c"])).toEqual([]);
  });
});

test("files of a workspace are named by their resolved uris", () => {
  expect(fixtureUri("x.allocpolicy")).toBe(resolveUri(FIXTURE_URI, "x.allocpolicy"));
});
