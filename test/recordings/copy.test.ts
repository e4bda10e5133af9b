import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyTree, writeIfNew } from "../../recordings/record/copy.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "copy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string): string => join(folder, path);
function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}
const copy = (own: readonly string[] = []): number => copyTree(at("tree"), at("copy"), at("manifest"), new Set(own));
const copied = (): readonly string[] =>
  readdirSync(at("copy"), { recursive: true, encoding: "utf8" })
    .filter((path) => !lstatSync(at(`copy/${path}`)).isDirectory())
    .sort();

describe("a tree is copied", () => {
  test("with its links, and without history and what a build left", () => {
    put("tree/mm/slub.c", "slub");
    put("tree/.git/config", "history");
    put("tree/mm/slub.o", "object");
    put("tree/vmlinux", "object");
    symlinkSync("mm/slub.c", at("tree/link"));
    expect(copy()).toBe(2);
    expect(copied()).toEqual(["link", "mm/slub.c"]);
    expect(readlinkSync(at("copy/link"))).toBe("mm/slub.c");
  });

  test("again only where it changed, and what is gone goes", () => {
    put("tree/a.c", "a");
    put("tree/b.c", "b");
    put("tree/c.c", "c");
    copy();
    const untouched = lstatSync(at("copy/b.c")).mtimeMs;
    put("tree/a.c", "changed");
    rmSync(at("tree/c.c"));
    expect(copy()).toBe(2);
    expect(readFileSync(at("copy/a.c"), "utf8")).toBe("changed");
    expect(copied()).toEqual(["a.c", "b.c"]);
    expect(lstatSync(at("copy/b.c")).mtimeMs).toBe(untouched);
    expect(copy()).toBe(0);
  });

  test("and a file that has the same bytes as before is left as it is", () => {
    put("tree/a.c", "a");
    copy();
    const before = lstatSync(at("copy/a.c"));
    rmSync(at("tree/a.c"));
    put("tree/a.c", "a");
    copy();
    expect(lstatSync(at("copy/a.c"))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test("and what the recorder writes itself is left alone", () => {
    put("tree/mm/page_alloc.c", "theirs");
    mkdirSync(at("copy/mm"), { recursive: true });
    writeIfNew(at("copy/mm/page_alloc.c"), "instrumented");
    expect(copy(["mm/page_alloc.c", "mm/gfp_oracle.c"])).toBe(0);
    expect(readFileSync(at("copy/mm/page_alloc.c"), "utf8")).toBe("instrumented");
    expect(existsSync(at("tree/mm/gfp_oracle.c"))).toBe(false);
  });

  test("and a text that is there already is not written, for make goes by the time", () => {
    put("copy/x", "text");
    const before = lstatSync(at("copy/x"));
    writeIfNew(at("copy/x"), "text");
    expect(lstatSync(at("copy/x")).ino).toBe(before.ino);
    writeIfNew(at("copy/x"), "other");
    expect(readFileSync(at("copy/x"), "utf8")).toBe("other");
  });
});
