import type { Severity } from "../rules/finding.ts";
import { KERNEL_C, type KernelCSetting, type Settings as AnalysisSettings } from "../documents/settings.ts";
import { bytesOfText } from "../policy-language/analysis/sizes.ts";
import { buildOptionsOf } from "../service/build-options.ts";

export type RuleLevel = Severity | "off";

/** The section `allocpolicy` of the client's configuration, with what makes no sense left out. */
export interface Settings {
  /** The kernel for files without a `kernel` header; null: the newest that the model knows. */
  readonly kernel: string | null;
  /** Build options for files without that option in their `config` header; `page` in bytes. */
  readonly config: Readonly<Record<string, boolean | number>>;
  /** The level of a rule, by its name. */
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** Show what the kernel may do behind each request. */
  readonly inlayHints: boolean;
  /** How sure what is said of a kernel's C files has to be. */
  readonly kernelC: KernelCSetting;
}

export const DEFAULT_SETTINGS: Settings = { kernel: null, config: {}, rules: {}, inlayHints: true, kernelC: KERNEL_C };

const LEVELS: ReadonlySet<unknown> = new Set<RuleLevel>(["error", "warning", "information", "hint", "off"]);

/** Reads the section from whatever the client sent: a wrong type counts as not set. */
export function settingsOf(given: unknown): Settings {
  if (!isRecord(given)) return DEFAULT_SETTINGS;
  const kernel = typeof given.kernel === "string" ? given.kernel.trim() : "";
  const hints = given.inlayHints;
  return {
    kernel: kernel === "" ? null : kernel,
    config: entriesOf(given.config, optionValue),
    rules: entriesOf(given.rules, (value) => (isLevel(value) ? value : undefined)),
    inlayHints:
      typeof hints === "boolean" ? hints : isRecord(hints) && typeof hints.enabled === "boolean" ? hints.enabled : true,
    kernelC: isKernelC(given.kernelC) ? given.kernelC : KERNEL_C,
  };
}

/** The part that the analysis asks for. */
export function analysisSettings(settings: Settings): AnalysisSettings {
  const { kernel, config, rules, kernelC } = settings;
  return { defaultKernel: kernel, options: buildOptionsOf(config), ruleLevels: rules, kernelC };
}

/** A text that is equal for equal settings. */
export function settingsKey(settings: Settings): string {
  return JSON.stringify([settings.kernel, sorted(settings.config), sorted(settings.rules), settings.kernelC]);
}

function sorted(record: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `true`, `"on"`, `"off"`, or for `page` a number of bytes or `"16 KiB"`. */
function optionValue(value: unknown): boolean | number | undefined {
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  if (value === "on" || value === "y") return true;
  if (value === "off" || value === "n") return false;
  return bytesOfText(value) ?? undefined;
}

function entriesOf<T>(given: unknown, read: (value: unknown) => T | undefined): Record<string, T> {
  const out: Record<string, T> = {};
  if (!isRecord(given)) return out;
  for (const [key, value] of Object.entries(given)) {
    const known = read(value);
    if (known !== undefined) out[key] = known;
  }
  return out;
}

const KERNEL_C_SETTINGS: ReadonlySet<unknown> = new Set<KernelCSetting>(["off", "certain", "likely", "possible"]);

const isKernelC = (value: unknown): value is KernelCSetting => KERNEL_C_SETTINGS.has(value);

function isLevel(value: unknown): value is RuleLevel {
  return LEVELS.has(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
