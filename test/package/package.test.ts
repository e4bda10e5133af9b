// What `npm run package` has written: these tests read dist/ and the packed extension, and are not among those of `npx
// vitest run`.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { BUNDLES } from "../../scripts/build.ts";
import { inRoot, VSIX } from "../../scripts/paths.ts";
import { filesOfZip } from "./_zip.ts";

/** Largest size in bytes of what stands in dist. */
const LIMITS: Readonly<Record<string, number>> = {
  "dist/THIRD-PARTY-NOTICES.txt": 60_000,
  "dist/allocpolicy.cjs": 4_000,
  "dist/client.browser.cjs": 480_000,
  "dist/client.cjs": 480_000,
  "dist/cli.mjs": 30_000,
  "dist/matrix-view.js": 20_000,
  "dist/trace-view.js": 20_000,
  "dist/package.json": 100,
  "dist/server.js": 20_000,
  "dist/server/c.js": 180_000,
  "dist/server/whole.js": 1_480_000,
};

const NOTICES = "dist/THIRD-PARTY-NOTICES.txt";
const manifest: { readonly repository: { readonly url: string } } = JSON.parse(
  readFileSync(inRoot("package.json"), "utf8"),
);
const REPOSITORY = manifest.repository.url.replace(/\.git$/, "");

describe("the program as built", () => {
  test.each(Object.entries(LIMITS))("keeps %s below %i bytes", (file, limit) => {
    expect(statSync(inRoot(file)).size).toBeLessThan(limit);
  });

  test("has nothing else in dist but the pieces of the command line", () => {
    const files = ["dist", "dist/server"].flatMap((folder) =>
      readdirSync(inRoot(folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith(".map"))
        .map(({ name }) => `${folder}/${name}`),
    );
    expect(files.sort()).toEqual(Object.keys(LIMITS).sort());
    const pieces = readdirSync(inRoot("dist/cli")).filter((file) => file.endsWith(".mjs"));
    const bytes = pieces.reduce((sum, file) => sum + statSync(inRoot("dist/cli", file)).size, 0);
    expect(bytes).toBeLessThan(1_320_000);
  });

  test("tells the licence of every package that its bundles carry, and of no other", async () => {
    // Where nothing is minified, the bundler writes above each module which file it is.
    const bundled = await Promise.all(
      BUNDLES.map((one) => build({ ...one, bundle: true, write: false, absWorkingDir: inRoot(), logLevel: "silent" })),
    );
    const modules = bundled.flatMap(({ outputFiles }) =>
      outputFiles.flatMap(({ text }) =>
        [...text.matchAll(/^\s*\/\/ (.*\bnode_modules\/(?:@[^/\n]+\/)?[^/\n]+)\/.+$/gm)].map(
          ([, folder = ""]) => folder,
        ),
      ),
    );
    const folders = [...new Set(modules)];
    expect(folders.length).toBeGreaterThan(10);
    const notices = readFileSync(inRoot(NOTICES), "utf8");
    const headings = folders.map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, "package.json"), "utf8"));
      return `${name} ${version} (${license})`;
    });
    expect(notices.match(/^@?[\w/-]+ \d+\.\d+\.\d+ \(.*\)$/gm)?.sort()).toEqual([...new Set(headings)].sort());
    for (const folder of folders)
      for (const file of readdirSync(inRoot(folder)).filter((name) => /^licen[cs]e|notice/i.test(name)))
        expect(notices, `${folder}/${file}`).toContain(readFileSync(inRoot(folder, file), "utf8").trim());
  });
});

describe("the packed extension", () => {
  const files = filesOfZip(VSIX);
  const text = (name: string): string => files.get(`extension/${name}`)?.toString("utf8") ?? "";

  test("has at most 800 KB", () => {
    expect(statSync(VSIX).size).toBeLessThanOrEqual(800_000);
  });

  test("carries its licence, its changes and the notices of what it is made of", () => {
    expect(text("LICENSE.txt")).toBe(readFileSync(inRoot("LICENSE"), "utf8"));
    expect(text("changelog.md")).toBe(readFileSync(inRoot("CHANGELOG.md"), "utf8"));
    expect(text(NOTICES)).toBe(readFileSync(inRoot(NOTICES), "utf8"));
  });

  test("has every file that its manifest names", () => {
    const named = [...text("package.json").matchAll(/"\.\/([^"*]+)"/g)].map(([, path = ""]) => path);
    expect(named).toContain("grammar/language-configuration.json");
    // What the bundles of the client start and show, by the names that they have for it.
    const started = [...text("dist/client.cjs").matchAll(/"(dist\/[\w.-]+)"/g)].map(([, path = ""]) => path);
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter((path) => !files.has(`extension/${path}`))).toEqual([]);
    const isFolder = (path: string): boolean => [...files.keys()].some((file) => file.startsWith(`extension/${path}/`));
    expect(named.filter((path) => !files.has(`extension/${path}`) && !isFolder(path))).toEqual([]);
  });

  test.each(["readme.md", "changelog.md"])(
    "leads from %s to what there is: into the package, or to a file of the repository",
    (page) => {
      const targets = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
      if (page === "readme.md") expect(targets.some((target) => target.endsWith(".png"))).toBe(true);
      const broken = targets.filter((target) => {
        const [, path] = /^https:\/\/[^/]+\/[^/]+\/[^/]+\/(?:raw|blob)\/HEAD\/([^#]+)/.exec(target) ?? [];
        if (target.startsWith(`${REPOSITORY}/`)) return path === undefined || !existsSync(inRoot(path));
        return !/^https:/.test(target) && !files.has(posix.join("extension", target));
      });
      expect(broken).toEqual([]);
    },
  );
});
