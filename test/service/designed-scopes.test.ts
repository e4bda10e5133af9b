import { describe, test } from "vitest";
import { checkCompletion, checkDefinition, checkHover, checkReferences, checkRename } from "./_fixture.ts";

const HEAD = "kernel 6.12\n/// The way out.\nscope protected { clears __GFP_FS  adds __GFP_NOWARN }\n";

describe("a declared scope in the editor", () => {
  test("is told by a hover, where it is declared and where it is entered: what it makes of a mask", () => {
    checkHover("kernel 6.12\n/// The way out.\nscope prot$0ected { clears __GFP_FS }", "protected", [
      /The way out/,
      /`GFP_KERNEL` → `GFP_NOFS`/,
    ]);
    checkHover(`${HEAD}context c { scope prot$0ected }`, "protected", [/no kernel has/, /GFP_NOFS \| __GFP_NOWARN/]);
    checkHover(`${HEAD}policy p { forbid in prot$0ected }`, "protected", [/The way out/]);
    checkHover("kernel 6.12\nscope s { cle$0ars __GFP_FS }", "clears", [/out of every mask/]);
    checkHover("kernel 6.12\ncontext c { scope no$0fs }", "nofs", [/memalloc_nofs_save/]);
  });

  test("is offered where scopes and contexts are, and its parts within it", () => {
    checkCompletion(`${HEAD}context c { scope $0 }`, ["protected", "nofs"], ["softirq"]);
    checkCompletion(`${HEAD}policy p { forbid in $0 }`, ["protected", "softirq", "nofs"]);
    checkCompletion("kernel 6.12\nscope s { $0 }", ["clears", "adds"]);
    checkCompletion("kernel 6.12\n\n$0", ["scope"]);
  });

  test("is found, and renamed in every place", () => {
    checkDefinition(`${HEAD}context c { scope prot$0ected }`, {
      file: "main.allocpolicy",
      text: "scope protected { clears __GFP_FS  adds __GFP_NOWARN }",
    });
    checkReferences(`${HEAD}context c { scope nofs, prot$0ected }\npolicy p { forbid in protected }`, [
      "scope protected { clears __GFP_FS  adds __GFP_NOWARN }",
      "context c { scope nofs, protected }",
      "policy p { forbid in protected }",
    ]);
    checkRename("kernel 6.12\nscope s$0 { clears __GFP_FS }\ncontext c { scope nofs, s }\n", "quiet", {
      "main.allocpolicy": "kernel 6.12\nscope quiet { clears __GFP_FS }\ncontext c { scope nofs, quiet }\n",
    });
  });
});
