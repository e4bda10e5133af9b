import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { replaceFileSync } from "../../server/disk/replace.ts";
import { emptyFolder } from "./_folder.ts";

const OLD = "// old\n".repeat(3000);
const NEW = "// new\n".repeat(3000);

/** Replaces a file by NEW in a program of its own, after a command of the shell; what the program says. */
function replaceAfter(command: string, path: string, user: { uid?: number; gid?: number } = {}): string {
  const program = `
    import { replaceFileSync } from ${JSON.stringify(new URL("../../server/disk/replace.ts", import.meta.url).href)};
    try { replaceFileSync(process.argv[1], ${JSON.stringify(OLD)}, ${JSON.stringify(NEW)}); console.log("replaced"); }
    catch (error) { console.log(error.code); }`;
  const { stdout, stderr } = spawnSync(
    "/bin/sh",
    ["-c", `${command} exec "$0" --no-warnings --input-type=module -e "$1" "$2"`, process.execPath, program, path],
    { encoding: "utf8", ...user },
  );
  return stdout.trim() + stderr;
}

describe("a file that is replaced", () => {
  test("has the whole new text, and the mode that it had", () => {
    const folder = emptyFolder();
    const path = join(folder, "file");
    writeFileSync(path, OLD);
    for (const mode of [0o600, 0o644, 0o664, 0o755]) {
      chmodSync(path, mode);
      replaceFileSync(path, readFileSync(path, "utf8"), NEW);
      expect(statSync(path).mode & 0o7777).toBe(mode);
      expect(readFileSync(path, "utf8")).toBe(NEW);
    }
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("stays behind the links that lead to it", () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real", "file"), OLD);
    symlinkSync("real/file", join(folder, "link"));
    symlinkSync("link", join(folder, "link-to-link"));
    replaceFileSync(join(folder, "link-to-link"), OLD, NEW);
    expect(lstatSync(join(folder, "link-to-link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real", "file"), "utf8")).toBe(NEW);
    expect(readdirSync(join(folder, "real"))).toEqual(["file"]);
  });

  test("is as it was, with nothing beside it, when the new text does not fit", () => {
    const folder = emptyFolder();
    const path = join(folder, "file");
    writeFileSync(path, OLD);
    // A shell's limit is in units of 512 or 1024 bytes: either way less than the text.
    expect(replaceAfter("ulimit -f 8;", path)).toBe("EFBIG");
    expect(readFileSync(path, "utf8")).toBe(OLD);
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(replaceAfter("", path)).toBe("replaced");
    expect(readFileSync(path, "utf8")).toBe(NEW);
  });

  test("is left as it is, with nothing beside it, where somebody else wrote it since it was read", () => {
    const folder = emptyFolder();
    const path = join(folder, "file");
    writeFileSync(path, `${OLD}// typed\n`);
    expect(() => replaceFileSync(path, OLD, NEW)).toThrow("written by somebody else");
    expect(readFileSync(path, "utf8")).toBe(`${OLD}// typed\n`);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("is refused where it may not be written, although its folder may", () => {
    const folder = emptyFolder();
    const path = join(folder, "file");
    writeFileSync(path, OLD, { mode: 0o444 });
    // Root may write everything: somebody else tries.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (user.uid !== undefined) for (const owned of [folder, path]) chownSync(owned, user.uid, user.gid);
    expect(replaceAfter("", path, user)).toBe("EACCES");
    expect(readFileSync(path, "utf8")).toBe(OLD);
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});
