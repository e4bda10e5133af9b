import { describe, expect, test } from "vitest";
import { highlightsAt } from "../../server/service/references.ts";
import { prepareRename } from "../../server/service/rename.ts";
import { checkDefinition, checkReferences, checkRename, checkRenameRefused, fixture } from "./_fixture.ts";

const IMPORTED = { "contexts.allocpolicy": "kernel 6.12\ncontext rx { in softirq }\n" };
const IMPORTING = 'kernel 6.12\nimport "contexts.allocpolicy"\n';

describe("definition", () => {
  test("leads from a use to the declaration", () => {
    checkDefinition(
      "kernel 6.12\ncontext rx { in softirq }\nrequest r { api kmalloc size 1 B flags GFP_ATOMIC context r$0x }",
      { file: "main.allocpolicy", text: "context rx { in softirq }" },
    );
    checkDefinition(
      "kernel 6.12\nflags RING = GFP_KERNEL\nrequest r { api kmalloc size 1 B flags RI$0NG | __GFP_ZERO }",
      { file: "main.allocpolicy", text: "flags RING = GFP_KERNEL" },
    );
    checkDefinition("kernel 6.12\ntransform nested(gfp) = gfp\nflags M = nes$0ted(GFP_KERNEL)", {
      file: "main.allocpolicy",
      text: "transform nested(gfp) = gfp",
    });
    checkDefinition("kernel 6.12\nrequest a { api kmalloc size 1 B flags 0 }\nrequest b like $0a { }", {
      file: "main.allocpolicy",
      text: "request a { api kmalloc size 1 B flags 0 }",
    });
  });

  test("leads into an imported file", () => {
    checkDefinition(
      `${IMPORTING}request r { api kmalloc size 1 B flags GFP_ATOMIC context r$0x }`,
      { file: "contexts.allocpolicy", text: "context rx { in softirq }" },
      IMPORTED,
    );
  });

  test("of an import is the file", () => {
    const { workspace, uri, offset } = fixture('kernel 6.12\nimport "con$0texts.allocpolicy"\n', IMPORTED);
    expect(workspace.documents.has(uri)).toBe(true);
    checkDefinition(
      'kernel 6.12\nimport "con$0texts.allocpolicy"\n',
      { file: "contexts.allocpolicy", text: "" },
      IMPORTED,
    );
    expect(offset).toBeGreaterThan(0);
  });

  test("of a built-in name there is none", () => {
    checkDefinition("kernel 6.12\nflags M = GFP_KER$0NEL", null);
    checkDefinition("kernel 6.12\nrequest r { api km$0alloc }", null);
  });
});

describe("references", () => {
  test("are all uses and the declaration", () => {
    checkReferences(
      "kernel 6.12\ncontext r$0x { in softirq }\nrequest a { api kmalloc size 1 B flags GFP_ATOMIC\n  context rx }\npolicy p { forbid in rx }\n",
      ["context rx { in softirq }", "context rx }", "policy p { forbid in rx }"],
    );
  });

  test("cross files", () => {
    checkReferences(
      "kernel 6.12\nflags RI$0NG = GFP_KERNEL\n",
      ["flags RING = GFP_KERNEL", "user.allocpolicy: flags MORE = RING | __GFP_ZERO"],
      {
        "user.allocpolicy": 'kernel 6.12\nimport "main.allocpolicy"\nflags MORE = RING | __GFP_ZERO\n',
        "stranger.allocpolicy": "kernel 6.12\nflags RING = 0\nflags MORE = RING\n",
      },
    );
  });

  test("of a built-in name are highlighted within its declaration", () => {
    const { workspace, uri, text, offset } = fixture(
      "kernel 6.12\nflags A = __GFP_$0ZERO | (GFP_KERNEL & ~__GFP_ZERO)\nflags B = __GFP_ZERO\n",
    );
    expect(
      highlightsAt(workspace, uri, offset).map(({ start, end }) => [
        text.slice(start, end),
        start < text.indexOf("flags B"),
      ]),
    ).toEqual([
      ["__GFP_ZERO", true],
      ["__GFP_ZERO", true],
    ]);
  });
});

describe("rename", () => {
  test("changes the declaration and every use", () => {
    checkRename(
      "kernel 6.12\ncontext r$0x { in softirq }\nrequest a { api kmalloc size 1 B flags GFP_ATOMIC context rx }\n",
      "tx",
      {
        "main.allocpolicy":
          "kernel 6.12\ncontext tx { in softirq }\nrequest a { api kmalloc size 1 B flags GFP_ATOMIC context tx }\n",
      },
    );
  });

  test("crosses files and leaves those that mean another declaration", () => {
    checkRename(
      "kernel 6.12\ncontext r$0x { in softirq }\n",
      "tx",
      {
        "main.allocpolicy": "kernel 6.12\ncontext tx { in softirq }\n",
        "user.allocpolicy": 'import "main.allocpolicy"\nrequest a { api kmalloc context tx }\n',
      },
      {
        "user.allocpolicy": 'import "main.allocpolicy"\nrequest a { api kmalloc context rx }\n',
        "stranger.allocpolicy": "context rx { in hardirq }\nrequest a { api kmalloc context rx }\n",
      },
    );
  });

  test("leaves other things of the same name alone", () => {
    checkRename(
      "kernel 6.12\ncontext x$0 { in softirq }\nrequest x { api kmalloc size 1 B flags GFP_ATOMIC context x }\n",
      "y",
      {
        "main.allocpolicy":
          "kernel 6.12\ncontext y { in softirq }\nrequest x { api kmalloc size 1 B flags GFP_ATOMIC context y }\n",
      },
    );
  });

  test("refuses built-in names, wrong names and names that are taken, in words", () => {
    checkRenameRefused("kernel 6.12\nflags M = GFP_KER$0NEL", "X", /built in/);
    checkRenameRefused("kernel 6.12\nrequest r { ap$0i kmalloc }", "X", /no name/);
    checkRenameRefused("kernel 6.12\nflags M$0 = GFP_KERNEL", "9lives", /not a name/);
    checkRenameRefused("kernel 6.12\nflags M$0 = GFP_KERNEL\nflags N = 0", "N", /already declared/);
    checkRenameRefused("kernel 6.12\nflags M$0 = GFP_KERNEL", "GFP_NOFS", /name of the kernel/);
    checkRenameRefused("kernel 6.12\ncontext c$0 { in softirq }", "hardirq", /built-in context/);
    checkRenameRefused("kernel 6.12\ncontext c$0 { in softirq }", "taken", /already declared in a file that uses/, {
      "user.allocpolicy":
        'import "main.allocpolicy"\ncontext taken { in process }\nrequest r { api kmalloc context c }\n',
    });
  });

  test("says where the name stands before it starts", () => {
    const { workspace, uri, text, offset } = fixture("kernel 6.12\nflags RI$0NG = GFP_KERNEL\n");
    const start = prepareRename(workspace, uri, offset);
    expect(start.ok && text.slice(start.range.start, start.range.end)).toBe("RING");
  });
});
