import type { Declaration } from "../../../grammar/ast.ts";
import { newRevision } from "../analysis/analysed-file.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { firstAlike, type Content } from "./content.ts";

/** What one request of a file is judged by when it leans on others than it names. */
export interface StandIns {
  readonly environment: Environment;
  /** Whether more was asked than what its names stand for: then nothing follows from what was found. */
  readonly hasStrayed: () => boolean;
}

/**
 * The environment of a request as if it named, of each content that it leans on, the first declaration, of which much
 * is known already. Where there is nothing to say of it then, there is nothing to say of it: that hangs on no name.
 * Null where that is of no use, or not safe: of a declaration that leans on others in its turn something would be kept
 * that speaks of those that stand in for them. The request has a revision of its own in it, for the same reason.
 */
export function standInsFor(
  environment: Environment,
  binding: Binding,
  { leansOn }: Content,
  index: number,
): StandIns | null {
  if (binding.kind !== "request" || !leansOn.every((member) => member.leansOn.length === 0)) return null;
  if (!leansOn.some(({ id, revision }) => isAnother(firstAlike(environment, id), revision))) return null;
  const ids = new Map(leansOn.map(({ id, revision }) => [revision, id]));
  const own = new StandIn(binding);
  let strayed = false;
  const stray = (): readonly never[] => {
    strayed = true;
    return [];
  };
  return {
    hasStrayed: () => strayed,
    environment: {
      ...environment,
      lookup: (space, name) => {
        const meant = environment.lookup(space, name);
        if (meant === null) return null;
        if (meant.revision === binding.revision) return own;
        const id = ids.get(meant.revision);
        if (id === undefined) stray();
        return (id === undefined ? null : firstAlike(environment, id)) ?? meant;
      },
      bindingAt: (region) => (region === index ? own : environment.bindingAt(region)),
      rivalOf: (space, one) => environment.rivalOf(space, one === own ? binding : one),
      policiesFor: (api) => (environment.policiesFor(api).length === 0 ? [] : stray()),
      declarationsOf: stray,
      visible: stray,
    },
  };
}

const isAnother = (first: Binding | null, revision: Revision): boolean => first !== null && first.revision !== revision;

/** The request, by another revision: what is kept of it is kept of nothing. */
class StandIn implements Binding {
  readonly #binding: Binding;
  readonly revision: Revision;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.revision = newRevision(binding.revision.lastPlace);
  }

  get uri(): string {
    return this.#binding.uri;
  }

  get kind(): Declaration["kind"] {
    return this.#binding.kind;
  }

  get name(): string | null {
    return this.#binding.name;
  }

  get declaration(): Declaration {
    return this.#binding.declaration;
  }

  get region(): Binding["region"] {
    return this.#binding.region;
  }

  get damaged(): boolean {
    return this.#binding.damaged;
  }
}
