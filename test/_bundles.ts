import { build, type BuildOptions } from "esbuild";
import { deflateRawSync } from "node:zlib";
import { inRoot } from "../scripts/paths.ts";

/** A bundle as it is built, and how many bytes of each module it has. */
export interface Built {
  readonly code: string;
  readonly bytes: ReadonlyMap<string, number>;
}

/** Builds one as it is shipped, to be looked at. */
export async function built(options: BuildOptions): Promise<Built> {
  const { metafile, outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    absWorkingDir: inRoot(),
    logLevel: "silent",
  });
  const bytes = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const),
  );
  return { code: outputFiles[0]?.text ?? "", bytes: new Map(bytes) };
}

/** How many bytes of a .vsix a text takes. */
export const deflatedBytes = (code: string): number => deflateRawSync(code, { level: 9 }).length;
