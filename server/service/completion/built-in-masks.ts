import type { Api } from "../../model/apis/api.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { COMPOSITE_NAMES, FLAG_NAMES, hex, type CompositeName, type FlagName } from "../../model/masks/mask.ts";
import { compositeText, flagText } from "../../model/masks/names.ts";
import type { Objection } from "../candidates.ts";
import { compositesByUse, flagsByUse } from "../most-used.ts";
import { treatmentKind } from "../treatment.ts";
import { type Completion, item } from "./items.ts";
import { hasInOrder } from "./offer.ts";

/** The kernel's own masks that fit to what is typed, those first that are used most. */
export function builtInMasks(
  kernel: Kernel,
  api: Api | null,
  objection: Objection,
  typed: string,
): { readonly composites: readonly Completion[]; readonly flags: readonly Completion[] } {
  const known = knownOf(kernel, api, objection);
  const itemsOf = <Name>(words: readonly Word<Name>[], make: (word: Word<Name>) => Completion): Completion[] => {
    const items: Completion[] = [];
    for (const word of words) {
      if (!hasInOrder(word.lower, typed)) continue;
      const one = known.get(word.text) ?? make(word);
      known.set(word.text, one);
      items.push(one);
    }
    return items;
  };
  return {
    composites: itemsOf(COMPOSITES, ({ name, text }) => {
      const bits = kernel.gfp[name];
      return item(text, "composite", { detail: hex(bits), useless: objection(text, bits), topic: `mask:${text}` });
    }),
    flags: itemsOf(FLAGS, ({ name, text }) => {
      const bits = kernel.bits[name];
      const useless = uselessFlag(kernel, api, name) ?? objection(text, bits);
      return item(text, "flag", { detail: hex(bits), useless, topic: `mask:${text}` });
    }),
  };
}

interface Word<Name> {
  readonly name: Name;
  readonly text: string;
  readonly lower: string;
}

const wordOf = <Name>(name: Name, text: string): Word<Name> => ({ name, text, lower: text.toLowerCase() });
const COMPOSITES = compositesByUse(COMPOSITE_NAMES).map(
  (name): Word<CompositeName> => wordOf(name, compositeText(name)),
);
const FLAGS = flagsByUse(FLAG_NAMES).map((name): Word<FlagName> => wordOf(name, flagText(name)));

/** Each is made when it fits first: what speaks against it is asked of all rules. */
type Known = Map<string, Completion>;
const all = new WeakMap<Kernel, WeakMap<Objection, Map<Api | null, Known>>>();

function knownOf(kernel: Kernel, api: Api | null, objection: Objection): Known {
  const ofKernel = all.get(kernel) ?? new WeakMap<Objection, Map<Api | null, Known>>();
  all.set(kernel, ofKernel);
  const ofRequests = ofKernel.get(objection) ?? new Map<Api | null, Known>();
  ofKernel.set(objection, ofRequests);
  const known = ofRequests.get(api) ?? new Map<string, Completion>();
  ofRequests.set(api, known);
  return known;
}

/** Why a flag is of no use in this call; null where it has its effect. */
function uselessFlag(kernel: Kernel, api: Api | null, flag: FlagName): string | null {
  if (!kernel.exists[flag]) return `not in ${kernel.name}`;
  if (kernel.bits[flag] === 0) return "no bit with these build options";
  if (api === null || !api.exists(kernel)) return null;
  switch (treatmentKind(api, kernel, flag)) {
    case "refused":
      return `${api.name} refuses it`;
    case "clearedWithWarning":
      return `${api.name} drops it with a warning`;
    case "cleared":
      return `${api.name} drops it`;
    case "ignored":
      return `${api.name} ignores it`;
    case "forced":
      return `${api.name} sets it anyway`;
    case "no mask":
      return `${api.name} takes no mask`;
    case "honoured":
    case "absent":
      return null;
  }
}
