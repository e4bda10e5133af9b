import type { Declaration, Item } from "../../../grammar/ast.ts";
import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { AnalysedFile } from "./analysed-file.ts";
import type { CheckedKernels } from "./checked-kernels.ts";
import type { Binding, DeclaredName, Environment, NameSpace, Revision } from "./environment.ts";
import { exportersOf, isInDamage, type FileIndex } from "./file-index.ts";
import { indexNear } from "./need-users.ts";
import { apiKey, nameKey } from "./region-names.ts";

/** What the declarations of the first of these files are judged by: names as they are found in all of them. */
export function environmentFor(
  uri: string,
  file: SourceFile,
  files: readonly AnalysedFile[],
  checked: CheckedKernels,
  complete: boolean,
  kernelKnown: boolean,
): Omit<Environment, "logOf" | "names" | "shared"> {
  const bindingAt = (file: AnalysedFile, region: number): Binding | null => {
    const declares = file.index.file.regions[region];
    const revision = file.revisions[region];
    const kind = declares?.kind ?? null;
    return declares === undefined || revision === undefined || kind === null || !isDeclared(kind)
      ? null
      : new RegionBinding(file.uri, declares, kind, revision);
  };
  const bindingsOf = (key: string): readonly Binding[] => {
    const found: Binding[] = [];
    for (const file of files) {
      for (const region of exportersOf(file.index, key)) {
        const binding = bindingAt(file, region);
        if (binding !== null) found.push(binding);
      }
    }
    return found;
  };
  const visible = new Map<NameSpace, readonly Binding[]>();
  return {
    uri,
    file,
    kernels: checked.kernels,
    groups: checked.groups,
    kernelsFrom: checked.kernelsFrom,
    kernelsText: checked.kernelsText,
    options: checked.options,
    ruleLevels: checked.ruleLevels,
    kernelKnown,
    complete,
    mayBeDamaged: (name) => files.some(({ index }) => isInDamage(index, name)),
    lookup: (space, name) => {
      const key = nameKey(space, name);
      for (const file of files) {
        const region = file.index.first.get(key);
        if (region !== undefined) return bindingAt(file, region);
      }
      return null;
    },
    declarationsOf: (space, name) => bindingsOf(nameKey(space, name)),
    rivalOf: (space, binding) => {
      // Nearly always: it is asked of each that is looked at.
      if (files.length === 1 && files[0]?.index.several.size === 0) return null;
      const key = nameKey(space, binding.name ?? "");
      for (const file of files) {
        const region = file.index.first.get(key);
        if (region !== undefined && (file !== files[0] || file.revisions[region] !== binding.revision))
          return bindingAt(file, region);
      }
      return null;
    },
    policiesFor: (api) => bindingsOf(apiKey(api)),
    placeOf: placesIn(files),
    bindingAt: (region) => {
      const own = files[0];
      return own === undefined ? null : bindingAt(own, region);
    },
    called: (space) => files.flatMap(({ index }) => namesIn(index, space)),
    visible: (space) => {
      const known = visible.get(space);
      if (known !== undefined) return known;
      const all: Binding[] = [];
      for (const file of files) {
        for (const region of file.index.bySpace[space]) {
          const binding = bindingAt(file, region);
          if (binding !== null) all.push(binding);
        }
      }
      visible.set(space, all);
      return all;
    },
  };
}

function namesIn({ file, bySpace }: FileIndex, space: NameSpace): readonly DeclaredName[] {
  const names: DeclaredName[] = [];
  for (const region of bySpace[space]) {
    const { name, kind } = file.regions[region] ?? { name: null, kind: null };
    if (name !== null && kind !== null && isDeclared(kind)) names.push({ name, kind });
  }
  return names;
}

/** Finds where a revision stands: first where it stood before, then farther and farther from there. */
function placesIn(files: readonly AnalysedFile[]): Environment["placeOf"] {
  return ({ uri, revision }) => {
    const file = files.find((candidate) => candidate.uri === uri);
    if (file === undefined) return null;
    const index = indexNear(file.revisions, revision, revision.lastPlace);
    if (index < 0) return null;
    revision.lastPlace = index;
    const region = file.index.file.regions[index];
    const start = file.index.file.starts[index];
    return region === undefined || start === undefined ? null : { index, region, start };
  };
}

/** What a region declares, as a tree only for who asks for it. */
class RegionBinding implements Binding {
  readonly uri: string;
  readonly kind: Declaration["kind"];
  readonly revision: Revision;
  readonly region: Region;

  constructor(uri: string, region: Region, kind: Declaration["kind"], revision: Revision) {
    this.uri = uri;
    this.kind = kind;
    this.revision = revision;
    this.region = region;
  }

  get name(): string | null {
    return this.region.name;
  }

  get damaged(): boolean {
    return this.region.problems.length > 0;
  }

  get declaration(): Declaration {
    const { item } = this.region;
    if (item === null || !isDeclaration(item)) throw new Error(`a ${this.kind} that has no tree`);
    return item;
  }
}

export const isDeclared = (kind: Item["kind"]): kind is Declaration["kind"] =>
  kind !== "kernel" && kind !== "config" && kind !== "import";

const isDeclaration = (item: Item): item is Declaration => isDeclared(item.kind);
