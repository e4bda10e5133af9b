import type { ConfigHeader, ImportHeader, KernelHeader, Version } from "../../../grammar/ast.ts";
import { isBuildSwitch } from "../../model/kernels/build-options.ts";
import { kernelOf, knownKernels, releasesBetween } from "../../model/kernels/kernels.ts";
import { versionNamed } from "../../model/kernels/named.ts";
import { didYouMean, replacements, report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Span } from "../../rules/finding.ts";
import { pageSizesText } from "../analysis/sizes.ts";
import { nearest } from "../names/suggest.ts";
import { CONFIG_OPTIONS, pageBytesOf } from "../analysis/checked-kernels.ts";
import { NOT_THERE } from "../../documents/workspace.ts";
import type { ImportState } from "../analysis/imports.ts";
import { decodedUri, type ImportTarget } from "../analysis/uris.ts";
import type { LanguageRule } from "./language-rule.ts";

const REQUEST = "request fine {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";

const unknownKernel: LanguageRule = {
  id: "unknown-kernel",
  group: "language",
  title: "A kernel version that the model does not know",
  severity: "error",
  source: "language",
  explanation:
    "The model was made from kernel sources that were read, and knows nothing of other versions. A range needs two releases, the older one first. While no version of the header is known, nothing is judged by the kernel's rules.",
  advice:
    "Write a mainline release (`6.12`), a point release of a stable branch (`6.12.117`) or a named tree (`android-6.18`).",
  examples: { bad: `kernel 6.99\n\n${REQUEST}`, good: `kernel 6.12\n\n${REQUEST}` },
};

const kernelAsPrinted: LanguageRule = {
  id: "kernel-as-printed",
  group: "language",
  title: "A kernel in its own words",
  severity: "hint",
  source: "language",
  explanation:
    "What `uname -r` and kernel logs print names a build of somebody, not a version of the model: the version that it begins with is taken, and what its tree adds to that is not known.",
  advice: "Write the version that is taken, or leave it: the file is judged the same.",
  examples: { bad: `kernel 5.15.0-91-generic\n\n${REQUEST}`, good: `kernel 5.15\n\n${REQUEST}` },
};

const noKernel: LanguageRule = {
  id: "no-kernel",
  group: "language",
  title: "No kernel header",
  severity: "hint",
  source: "language",
  explanation:
    "Flags mean different things in different releases. A file that does not say which it is about is checked against the newest release that the model knows, and will be checked against another one when the model learns of it.",
  advice: "Begin the file with `kernel 6.12`, or a range: `kernel 6.1 .. 6.12`.",
  examples: { bad: REQUEST, good: `kernel 6.12\n\n${REQUEST}` },
};

const unknownOption: LanguageRule = {
  id: "unknown-option",
  group: "language",
  title: "A build option, or a value, that the model does not know",
  severity: "error",
  source: "language",
  explanation:
    "`config` states the build options that change an answer, named as in Kconfig without CONFIG_, each `on` or `off`, and the page size. Other options do not change what the model says.",
  advice: `Write one of the options that the message names; \`page\` takes ${pageSizesText()}.`,
  examples: {
    bad: `kernel 6.12\nconfig { PREEMPT_TR on }\n\n${REQUEST}`,
    good: `kernel 6.12\nconfig { PREEMPT_RT on }\n\n${REQUEST}`,
  },
};

const duplicateHeader: LanguageRule = {
  id: "duplicate-property",
  group: "language",
  title: "Said twice",
  severity: "error",
  source: "language",
  explanation:
    "A property of a request, a fact of a zone or of a cache, a build option or a header stands once. In a request the last one counts, of headers the first; which was meant cannot be known.",
  advice: "Keep one of them. `policy`, `expect` and `waive` may stand more than once.",
  examples: {
    bad: "kernel 6.12\n\nrequest twice {\n  api   kmalloc\n  size  64 B\n  size  128 B\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest once {\n  api   kmalloc\n  size  128 B\n  flags GFP_KERNEL\n}\n",
  },
};

const importNotFound: LanguageRule = {
  id: "import-not-found",
  group: "language",
  title: "An imported file that is not there, or cannot be read",
  severity: "error",
  source: "language",
  explanation:
    "The path of an `import` is relative to the folder of the file that it stands in. There is no such file, or it is none that may be read, so the names that it should bring are missing. Regular files of up to 16 MiB are read: no folder, pipe or device.",
  advice: "Correct the path.",
  examples: { bad: `kernel 6.12\nimport "no-such-file.allocpolicy"\n\n${REQUEST}`, good: `kernel 6.12\n\n${REQUEST}` },
};

const importOutside: LanguageRule = {
  id: "import-outside",
  group: "language",
  title: "An import from outside of the workspace",
  severity: "error",
  source: "language",
  explanation:
    "An `import` names a file of the workspace, by its path. An address with a scheme (`https:`, `command:`, also `file:` and a drive letter) or a path that leads out of the workspace is not followed, not read and no link: a policy file that comes from elsewhere must not reach what is not its own. The workspace is the editor's folders; for a file outside of all of them its own folder. On the command line it is the git work tree, or without one the current folder.",
  advice:
    "Write the path of a file of the workspace, relative to this one: copy the file into the workspace, or open a folder that holds both.",
  examples: {
    bad: `kernel 6.12\nimport "/etc/policies/contexts.allocpolicy"\n\n${REQUEST}`,
    good: `kernel 6.12\n\n${REQUEST}`,
  },
};

const importCycle: LanguageRule = {
  id: "import-cycle",
  group: "language",
  title: "Files that import each other",
  severity: "error",
  source: "language",
  explanation:
    "The imported file imports this one, directly or through others. Every declaration is still visible, but which file comes first cannot be said.",
  advice: "Move what both need into a third file.",
  examples: { bad: `kernel 6.12\nimport "example.allocpolicy"\n\n${REQUEST}`, good: `kernel 6.12\n\n${REQUEST}` },
};

export const HEADER_RULES: readonly LanguageRule[] = [
  unknownKernel,
  kernelAsPrinted,
  unknownOption,
  duplicateHeader,
  importNotFound,
  importOutside,
  importCycle,
  noKernel,
];

/** Said twice, in any kind of declaration; `first` is the earlier one. */
export function duplicateProperty(span: Span, message: string, first: Span, uri: string): UnplacedFinding {
  return report(duplicateHeader, span, message, {
    related: [{ revision: null, uri, span: { start: first.start, end: first.end }, message: "The other one." }],
  });
}

export function secondHeader(item: KernelHeader | ConfigHeader): UnplacedFinding {
  return report(
    duplicateHeader,
    { start: item.start, end: item.start + item.kind.length },
    `A file has one \`${item.kind}\` header, and the first one counts.`,
  );
}

export function kernelHeaderFindings(header: KernelHeader): readonly UnplacedFinding[] {
  return [...versionFindings(header), ...header.versions.flatMap(printedFinding)];
}

/** A version that was written as a kernel prints it: what it is taken as. */
function printedFinding(version: Version): readonly UnplacedFinding[] {
  const named = versionNamed(version.text);
  if (named.version === version.text || "unknown" in kernelOf(named.version)) return [];
  const why = named.assumed === null ? "" : `: ${named.assumed}`;
  return [
    report(kernelAsPrinted, version, `${version.text} is taken as ${named.version}${why}.`, {
      fixes: replacements(version, [named.version]),
    }),
  ];
}

function versionFindings(header: KernelHeader): readonly UnplacedFinding[] {
  const unknown = header.versions.flatMap((version) => {
    const kernel = kernelOf(versionNamed(version.text).version);
    if (!("unknown" in kernel)) return [];
    const near = nearestVersions(version);
    return [
      report(unknownKernel, version, kernel.unknown.replace(/\.$/, "") + (near.length === 0 ? "." : didYouMean(near)), {
        fixes: replacements(version, near),
      }),
    ];
  });
  if (unknown.length > 0 || !header.range) return unknown;
  const [first, last] = header.versions;
  if (first === undefined || last === undefined) return [];
  const between = releasesBetween(versionNamed(first.text).version, versionNamed(last.text).version);
  if (!("unknown" in between)) return [];
  return [
    report(unknownKernel, { start: first.start, end: last.end }, between.unknown, {
      fixes: [
        {
          title: `Write ${last.text} .. ${first.text}`,
          changes: [{ start: first.start, end: last.end, text: `${last.text} .. ${first.text}` }],
          preferred: false,
        },
      ],
    }),
  ];
}

function nearestVersions(version: Version): readonly string[] {
  return nearest(
    version.text,
    knownKernels().filter((name) => !/^\d/.test(name)),
  );
}

export function configHeaderFindings(header: ConfigHeader, uri: string): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  const seen = new Map<string, Span>();
  for (const { option, value } of header.settings) {
    const { text } = option;
    const first = seen.get(text);
    if (first === undefined) seen.set(text, option);
    else findings.push(duplicateProperty(option, `${text} is set twice, and the last one counts.`, first, uri));
    if (text === "page") {
      if (value === "on" || value === "off")
        findings.push(report(unknownOption, option, "page takes a size, for example `page 4 KiB`."));
      else if (value !== null && pageBytesOf(value) === null)
        findings.push(report(unknownOption, value, `A page is ${pageSizesText()}.`));
    } else if (isBuildSwitch(text)) {
      if (value !== null && typeof value !== "string")
        findings.push(report(unknownOption, value, `${text} is on or off.`));
    } else {
      const near = nearest(text.replace(/^CONFIG_/, ""), CONFIG_OPTIONS);
      const exact = text.startsWith("CONFIG_") ? CONFIG_OPTIONS.filter((name) => `CONFIG_${name}` === text) : [];
      const names = exact.length > 0 ? exact : near;
      findings.push(
        report(
          unknownOption,
          option,
          `${text} is no build option that changes an answer${names.length > 0 ? didYouMean(names) : `: there are ${CONFIG_OPTIONS.join(", ")}.`}`,
          { fixes: replacements(option, names) },
        ),
      );
    }
  }
  return findings;
}

export function importFindings(header: ImportHeader, state: ImportState | null): readonly UnplacedFinding[] {
  const { path } = header;
  if (path === null) return [];
  if (path.value === "") return [report(importNotFound, path, "The path of the imported file is missing.")];
  if (state === null) return [];
  switch (state.state) {
    case "missing":
      return [
        report(
          importNotFound,
          path,
          state.why === NOT_THERE
            ? `There is no file ${path.value} beside this one (looked for ${decodedUri(state.uri)}).`
            : `${path.value} cannot be read: ${state.why} (${decodedUri(state.uri)}).`,
        ),
      ];
    case "refused":
      return refusedFindings(path, state.target);
    case "loaded":
      return state.cyclic
        ? [report(importCycle, path, `${path.value} imports this file again: move what both need into a third file.`)]
        : [];
    case "not-looked-for":
      return [];
  }
}

function refusedFindings(
  path: NonNullable<ImportHeader["path"]>,
  target: Exclude<ImportTarget, { readonly kind: "file" }>,
): readonly UnplacedFinding[] {
  switch (target.kind) {
    case "address":
      return [
        report(
          importOutside,
          path,
          `An import names a path, and ${path.value} is an address: write the path of a file of the workspace, relative to this one.`,
        ),
      ];
    case "outside":
      return [
        report(
          importOutside,
          path,
          `${path.value} leads out of the workspace, to ${decodedUri(target.uri)}: only files of the workspace are imported.`,
        ),
      ];
    case "nowhere":
      return [];
  }
}

/** On the first declaration of a file without a `kernel` header. */
export function noKernelFinding(span: Span, newest: string): UnplacedFinding {
  return report(
    noKernel,
    span,
    `No \`kernel\` header: checked against ${newest}, the newest release that the model knows.`,
  );
}
