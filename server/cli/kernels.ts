import type { BuildOptions, Kernel } from "../model/kernels/kernel.ts";
import { BUILD_SWITCHES, isBuildSwitch, isPageSize } from "../model/kernels/build-options.ts";
import { kernelOf, newestRelease } from "../model/kernels/kernels.ts";
import type { OlderHeader } from "../model/kernels/older/header.ts";
import { versionNamed } from "../model/kernels/named.ts";
import { olderHeader } from "../model/kernels/older/headers.ts";
import { printedVersion, type PrintedVersion } from "../model/kernels/printed-version.ts";
import { bytesOfText, pageSizesText } from "../policy-language/analysis/sizes.ts";
import { UsageError, type Io } from "./command.ts";
import { meantText } from "./meant.ts";

/** Takes a sentence about what was assumed: `--kernel` was given as a log prints it. */
type Assume = (sentence: string) => void;

/**
 * The kernel that `--kernel` and `--config` name, also in the words of a log (`6.8.0-rc3-1.gae4495f-default`); the
 * newest release without the former. Throws `UsageError`.
 */
export function kernelFrom(
  given: string | undefined,
  config: readonly string[] = [],
  assume: Assume = () => undefined,
): Kernel {
  const options = optionsFrom(config);
  const version = given === undefined ? undefined : withoutTag(given);
  const named = versionNamed(version ?? newestRelease());
  const kernel = kernelOf(named.version, options);
  // What is wrong is the version that the text stands for, where it stands for one.
  if ("unknown" in kernel) throw new UsageError(kernel.unknown);
  tellAssumed(named, assume);
  return kernel;
}

/** The flags of a kernel that is older than the model, as `kernelFrom` reads its name; null for any other text. */
export function olderHeaderFrom(version: string, assume: Assume = () => undefined): OlderHeader | null {
  const printed = printedVersion(withoutTag(version));
  const header = printed === null ? null : olderHeader(printed.version);
  if (header !== null && printed !== null) tellAssumed(printed, assume);
  return header;
}

/** `v6.6`, as git calls a release, is 6.6. */
const withoutTag = (version: string): string => version.replace(/^v(?=\d)/, "");

function tellAssumed({ version, assumed }: PrintedVersion, assume: Assume): void {
  if (assumed !== null) assume(`taken as ${version}: ${assumed}`);
}

/**
 * The names of the kernels that an option names, `6.1,v6.12`, as the headers of files would have them; null without the
 * option. What is assumed is said. Throws `UsageError`.
 */
export function forcedKernels(text: string | undefined, { warn }: Pick<Io, "warn">): string | null {
  if (text === undefined) return null;
  const names = text.split(",").map((name) => name.trim());
  return names.map((name) => kernelFrom(name, [], (said) => warn(`${name}: ${said}\n`)).name).join(", ");
}

/** `K=V,…` (`--config` may stand more than once): `LOCKDEP=y`, `PREEMPT_RT=on`, `page=16384`. Throws `UsageError`. */
function optionsFrom(config: readonly string[]): Partial<BuildOptions> {
  const settings = config.flatMap((list) => list.split(",")).filter((setting) => setting.trim() !== "");
  return Object.assign({}, ...settings.map(optionFrom));
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ["y", true],
  ["on", true],
  ["1", true],
  ["true", true],
  ["n", false],
  ["off", false],
  ["0", false],
  ["false", false],
]);

function optionFrom(setting: string): Partial<BuildOptions> {
  const [written = "", value = "y"] = setting.split("=").map((part) => part.trim());
  const name = written.replace(/^CONFIG_/, "");
  if (name === "page") return { pageBytes: pageBytesFrom(value) };
  if (!isBuildSwitch(name))
    throw new UsageError(
      `there is no build option '${written}'${meantText(name, [...BUILD_SWITCHES, "page"]) || `: use ${BUILD_SWITCHES.join(", ")} or page`}`,
    );
  const isOn = SWITCHES.get(value.toLowerCase());
  if (isOn === undefined) throw new UsageError(`${name} is on or off (y or n), not '${value}'`);
  return { [name]: isOn };
}

function pageBytesFrom(text: string): number {
  const bytes = bytesFrom(text);
  if (!isPageSize(bytes)) throw new UsageError(`page is ${pageSizesText()}, not '${text}'`);
  return bytes;
}

/** `4096`, `4K`, `4 KiB`: bytes. Throws `UsageError`. */
export function bytesFrom(text: string): number {
  const bytes = bytesOfText(text);
  if (bytes === null) throw new UsageError(`'${text}' is no size: write bytes, or a number with KiB, MiB or GiB`);
  return bytes;
}
