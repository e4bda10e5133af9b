import { describe, expect, test } from "vitest";
import type { Match, RuleFix } from "../../server/rules/rule.ts";
import { ALL } from "../../server/rules/index.ts";
import { readExample } from "./_example.ts";
import { firing, matchesOf, type Asked } from "./_subject.ts";

/** The request after a remedy, as the analysis would write it: names are taken out where they stand, else cleared. */
function applied(asked: Asked, remedy: RuleFix): Asked {
  const flags = asked.flags ?? "";
  const names = flags.split("|").map((name) => name.trim());
  switch (remedy.kind) {
    case "remove-flags": {
      const kept = names.filter(
        (name) => !remedy.flags.some((flag) => name === `__GFP_${flag}` || name === `GFP_${flag}`),
      );
      const hidden = remedy.flags.filter((flag) => !names.includes(`__GFP_${flag}`) && !names.includes(`GFP_${flag}`));
      return { ...asked, flags: [kept.join(" | "), ...hidden.map((flag) => `~__GFP_${flag}`)].join(" & ") };
    }
    case "add-flags":
      return { ...asked, flags: [...names, ...remedy.flags.map((flag) => `__GFP_${flag}`)].join(" | ") };
    case "replace-mask":
      return { ...asked, flags: remedy.text };
    case "replace-name":
      return { ...asked, flags: flags.replace(new RegExp(`\\b${remedy.name}\\b`), remedy.by) };
    case "remove-name":
      return { ...asked, flags: names.filter((name) => name !== remedy.name).join(" | ") };
    case "set-handles":
      return { ...asked, handles: "null" };
    case "replace-api":
      return { ...asked, api: remedy.api };
    case "remove-property": {
      const { handles: _handles, flags: _flags, size: _size, ...rest } = asked;
      return {
        ...rest,
        ...(remedy.property === "handles" || asked.handles === undefined ? {} : { handles: asked.handles }),
        ...(remedy.property === "flags" || asked.flags === undefined ? {} : { flags: asked.flags }),
        ...(remedy.property === "size" || asked.size === undefined ? {} : { size: asked.size }),
      };
    }
  }
}

const remedied = ALL.flatMap((rule) =>
  matchesOf(ALL, rule.id, readExample(rule.examples.bad)).flatMap((match: Match) =>
    match.fixes.map((remedy) => ({
      id: rule.id,
      title: remedy.title,
      asked: readExample(rule.examples.bad),
      remedy,
    })),
  ),
);

/** A mended request may show a warning that the error covered, but no error. */
const ERRORS = ALL.filter(({ severity }) => severity === "error");

describe("a remedy mends what it is offered for, and breaks nothing", () => {
  test.each(remedied)("$id: $title", ({ id, asked, remedy }) => {
    const before = firing(ERRORS, asked);
    const after = firing(ALL, applied(asked, remedy));
    expect(after).not.toContain(id);
    expect(firing(ERRORS, applied(asked, remedy)).filter((other) => !before.includes(other))).toEqual([]);
  });
});
