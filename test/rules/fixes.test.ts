import { describe, expect, test } from "vitest";
import type { Match, RuleFix } from "../../server/rules/rule.ts";
import { ALL } from "../../server/rules/index.ts";
import { readExample } from "./_example.ts";
import { firing, matchesOf, type Asked } from "./_subject.ts";

/** The request after a fix, as the analysis would write it: names are taken out where they stand, else cleared. */
function applied(asked: Asked, fix: RuleFix): Asked {
  const flags = asked.flags ?? "";
  const names = flags.split("|").map((name) => name.trim());
  switch (fix.kind) {
    case "remove-flags": {
      const kept = names.filter(
        (name) => !fix.flags.some((flag) => name === `__GFP_${flag}` || name === `GFP_${flag}`),
      );
      const hidden = fix.flags.filter((flag) => !names.includes(`__GFP_${flag}`) && !names.includes(`GFP_${flag}`));
      return { ...asked, flags: [kept.join(" | "), ...hidden.map((flag) => `~__GFP_${flag}`)].join(" & ") };
    }
    case "add-flags":
      return { ...asked, flags: [...names, ...fix.flags.map((flag) => `__GFP_${flag}`)].join(" | ") };
    case "replace-mask":
      return { ...asked, flags: fix.text };
    case "replace-name":
      return { ...asked, flags: flags.replace(new RegExp(`\\b${fix.name}\\b`), fix.by) };
    case "remove-name":
      return { ...asked, flags: names.filter((name) => name !== fix.name).join(" | ") };
    case "add-result-check":
      return { ...asked, handles: "null" };
    case "remove-result-check": {
      const { handles: _handles, ...rest } = asked;
      return rest;
    }
    case "replace-api":
      return { ...asked, api: fix.api };
    case "remove-argument": {
      const { flags: _flags, size: _size, ...rest } = asked;
      return {
        ...rest,
        ...(fix.argument === "mask" || asked.flags === undefined ? {} : { flags: asked.flags }),
        ...(fix.argument === "size" || asked.size === undefined ? {} : { size: asked.size }),
      };
    }
  }
}

const mended = ALL.flatMap((rule) =>
  matchesOf(ALL, rule.id, readExample(rule.examples.bad)).flatMap((match: Match) =>
    match.fixes.map((fix) => ({
      id: rule.id,
      title: fix.title,
      asked: readExample(rule.examples.bad),
      fix,
    })),
  ),
);

/** A mended request may show a warning that the error covered, but no error. */
const ERRORS = ALL.filter(({ severity }) => severity === "error");

describe("a fix mends what it is offered for, and breaks nothing", () => {
  test.each(mended)("$id: $title", ({ id, asked, fix }) => {
    const before = firing(ERRORS, asked);
    const after = firing(ALL, applied(asked, fix));
    expect(after).not.toContain(id);
    expect(firing(ERRORS, applied(asked, fix)).filter((other) => !before.includes(other))).toEqual([]);
  });
});
