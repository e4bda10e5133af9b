import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Problem } from "./problem.ts";
import { output } from "./run.ts";

interface Tool {
  readonly program: string;
  /** The package that brings it, on Debian and Ubuntu. */
  readonly debian: string;
}

const TOOLS: readonly Tool[] = [
  { program: "make", debian: "make" },
  { program: "ld", debian: "binutils" },
  { program: "flex", debian: "flex" },
  { program: "bison", debian: "bison" },
  { program: "bc", debian: "bc" },
  { program: "perl", debian: "perl" },
  { program: "qemu-system-x86_64", debian: "qemu-system-x86" },
];

/** What is there: `has` a program on the path, `compiles` a C program with gcc and these options. */
export interface Host {
  readonly has: (program: string) => boolean;
  readonly compiles: (source: string, options: readonly string[]) => boolean;
  readonly arch: string;
}

const HEADERS: readonly (Tool & { readonly source: string; readonly options: readonly string[] })[] = [
  { program: "libelf.h", debian: "libelf-dev", source: "#include <libelf.h>\n", options: ["-fsyntax-only"] },
  {
    program: "a static C library",
    debian: "libc6-dev",
    source: "int main(void) { return 0; }\n",
    options: ["-static", "-o", "/dev/null"],
  },
];

/**
 * Makes sure that a kernel can be built and booted here.
 * @throws Problem that names all that is missing, and the packages that bring it
 */
export function checkTools(host: Host): void {
  if (host.arch !== "x64")
    throw new Problem(
      `The recorder is built for x86-64 with the machine's own compiler, and this machine is ${host.arch}.`,
    );
  const gcc: Tool = { program: "gcc", debian: "gcc" };
  const programs = [gcc, ...TOOLS].filter(({ program }) => !host.has(program));
  const headers = programs.includes(gcc)
    ? []
    : HEADERS.filter(({ source, options }) => !host.compiles(source, options));
  const missing = [...programs, ...headers];
  if (missing.length === 0) return;
  throw new Problem(
    `Not found: ${missing.map(({ program }) => program).join(", ")}. ` +
      `On Debian and Ubuntu: apt-get install ${missing.map(({ debian }) => debian).join(" ")}`,
  );
}

/** This machine. */
export const THIS_HOST: Host = {
  has: (program) => (process.env.PATH ?? "").split(delimiter).some((folder) => isProgram(join(folder, program))),
  compiles: (source, options) => output("gcc", ["-x", "c", ...options, "-"], source) !== null,
  arch: process.arch,
};

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
