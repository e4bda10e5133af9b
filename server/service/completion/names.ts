import { kernelNames } from "../kernel-names.ts";
import type { NameRole } from "../../../grammar/index.ts";
import { allApis } from "../../model/apis.ts";
import { CONFIG_OPTIONS } from "../../policy-language/analysis/checked-kernels.ts";
import { catalogue } from "../../policy-language/catalogue.ts";
import { checkRegions } from "../../policy-language/check/check.ts";
import { rulesAgainst } from "../candidates.ts";
import { CONTEXTS, EFFECTS, FACTS, LOCKS, SCOPES, WATERMARKS, ZONES } from "../descriptions/words.ts";
import { apisByUse } from "../most-used.ts";
import { type Completion, described, item, valueItems } from "./items.ts";
import { maskItems } from "./masks.ts";
import { type Offer, declaredNames, lastWord, modesAround, modesOf, requestAround, wordOf } from "./offer.ts";
import { valuesOfOption } from "./options.ts";

/** The items that may stand where the grammar wants a name in this role. */
export function itemsOfRole(offer: Offer, role: NameRole): readonly Completion[] {
  switch (role) {
    case "declared":
    case "rest":
    case "separator":
      return [];
    case "version":
      return kernelNames().map((name) => item(name, "kernel", { topic: `kernel:${name}` }));
    case "option":
      return CONFIG_OPTIONS.map((name) => item(name, "property", { topic: `option:${name}` }));
    case "option-value":
      return valuesOfOption(lastWord(offer)).map((value) => item(value, "value"));
    case "mask":
      return maskItems(offer);
    case "api":
      return apiItems(offer);
    case "context":
      return contextItems(offer);
    case "lock":
      return described(LOCKS, "context", "lock");
    case "scope":
      return [...scopeItems(offer), ...described(SCOPES, "context", "scope")];
    case "zone":
      return described(ZONES, "value", "zone");
    case "subject":
      return subjectItems(offer, "any");
    case "request":
    case "policy":
      return subjectItems(offer, role);
    case "fallback":
      return [...subjectItems(offer, "request"), item("none", "keyword")];
    case "memory":
      return declaredNames(offer, "memory").map(({ name, held }) => item(name, "name", { held }));
    case "rule":
      return ruleItems(offer);
    case "fact":
      return factItems(offer);
    case "fact-value":
      return factValueItems(offer, wordOf(offer, "fact"));
    case "effect":
      return described(EFFECTS, "property", "effect");
    case "effect-value":
      return valueItems(EFFECTS, "effect", wordOf(offer, "effect"));
    case "mode":
      return modeItems(offer);
    case "watermark":
      if (wordOf(offer, "zoneFact") === "lowmem_reserve") return described(ZONES, "value", "zone");
      return Object.keys(WATERMARKS).map((name) => item(name, "keyword", { topic: `watermark:${name}` }));
  }
}

function factItems(offer: Offer): readonly Completion[] {
  const onMemory = wordOf(offer, "expectForm") === "on";
  return Object.entries(FACTS)
    .filter(([, fact]) => !onMemory || fact.onMemory)
    .map(([name]) => item(name, "property", { topic: `fact:${name}` }));
}

/** The modes of the policies that can be seen. */
function modeItems(offer: Offer): readonly Completion[] {
  const names = offer.environment
    .visible("subject")
    .filter(({ kind }) => kind === "policy")
    .flatMap(({ declaration }) => (declaration.kind === "policy" ? modesOf(declaration) : []));
  return [...new Set(names)].map((name) => item(name, "value"));
}

function apiItems(offer: Offer): readonly Completion[] {
  const { kernels, kernelsText } = offer.environment;
  return apisByUse(allApis()).map((api) => {
    const exists = kernels.some((kernel) => api.exists(kernel));
    return item(api.name, "function", {
      detail: api.signature,
      useless: exists ? null : `not in ${kernelsText}`,
      topic: `api:${api.name}`,
    });
  });
}

function contextItems(offer: Offer): readonly Completion[] {
  const declared = declaredNames(offer, "context").map(({ name, held }) =>
    item(name, "context", { detail: "declared", topic: `context:${name}`, held }),
  );
  const names = new Set(declared.map(({ label }) => label));
  const builtIn = [...described(CONTEXTS, "context", "context"), ...described(SCOPES, "context", "scope")];
  return [...declared, ...builtIn.filter(({ label }) => !names.has(label))];
}

/** The scopes that the file declares or imports. */
function scopeItems(offer: Offer): readonly Completion[] {
  return declaredNames(offer, "context", "scope").map(({ name, held }) =>
    item(name, "context", { detail: "declared", topic: `scope:${name}`, held }),
  );
}

function subjectItems(offer: Offer, of: "request" | "policy" | "any"): readonly Completion[] {
  return declaredNames(offer, "subject", of === "any" ? null : of).map(({ name, kind, held }) =>
    item(name, "name", { detail: kind, topic: `subject:${name}`, held }),
  );
}

function ruleItems(offer: Offer): readonly Completion[] {
  const request = requestAround(offer);
  const here = new Set([
    ...(request === null || !offer.environment.kernelKnown ? [] : rulesAgainst(offer.environment, request.resolved)),
    ...(checkRegions(offer.workspace, offer.environment.uri, [offer.index])[0] ?? [])
      .filter(({ source }) => source !== "language")
      .map(({ rule }) => rule),
  ]);
  const rules = catalogue().map(({ id, title }) => item(id, "rule", { detail: title, topic: `rule:${id}` }));
  return [...rules.filter(({ label }) => here.has(label)), ...rules.filter(({ label }) => !here.has(label))];
}

function factValueItems(offer: Offer, fact: string): readonly Completion[] {
  if (fact === "mode") return modesAround(offer).map((name) => item(name, "value"));
  return valueItems(FACTS, "fact", fact);
}
