import { existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder } from "../../server/disk/folder.ts";
import { emptyFolder } from "./_folder.ts";

describe("Making a folder", () => {
  test("makes those above it as well, for this user alone, and may be asked again", () => {
    const path = join(emptyFolder(), "a", "b", "c");
    expect(makeFolder(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(makeFolder(path)).toBe(true);
  });

  test("says no below a file, at a file, and at a link to nothing", () => {
    const folder = emptyFolder();
    const file = join(folder, "file");
    writeFileSync(file, "");
    const link = join(folder, "link");
    symlinkSync(join(folder, "nothing"), link);
    for (const path of [file, join(file, "below"), link, join(link, "below"), join(folder, "x\0y")])
      expect(makeFolder(path), path).toBe(false);
  });

  test("says no where the file system has a parent and takes nothing into it", () => {
    expect(makeFolder("/proc/no-such-folder/allocpolicy")).toBe(false);
    expect(existsSync("/proc/no-such-folder")).toBe(false);
  });
});
