import type { Kernel } from "../../model/kernels/kernel.ts";
import { maskEdits } from "../../rules/mask-edits.ts";
import { maskPlace } from "../../rules/mask-places.ts";
import type { TextEdit } from "../../rules/finding.ts";
import type { Anchor, RuleFix } from "../../rules/rule.ts";
import type { LocalPlace } from "../evidence.ts";
import { apiOf, maskArgumentOf, nameOf, type Call } from "../functions/call.ts";
import { valueIn, type MaskReading } from "./site.ts";
import { signatureNamed } from "../text/signatures.ts";

/** The text of a call that an anchor is about; null: it stands somewhere else. */
export function placeOf(
  call: Call,
  readings: readonly MaskReading[],
  kernel: Kernel,
  anchor: Anchor,
): LocalPlace | null {
  const signature = call.allocation?.through == null ? signatureNamed(apiOf(call)) : null;
  switch (anchor.kind) {
    case "size":
    case "number": {
      const index = [signature?.bytes, signature?.order, signature?.pages, signature?.count].find(
        (one) => one !== undefined && one !== -1,
      );
      return call.arguments[index ?? -1] ?? nameOf(call);
    }
    case "result-check": {
      const result = call.allocation?.result;
      // A test that is missing belongs behind the call; one that is dead stands where it does.
      return result?.is === "checked" ? { start: result.start, end: result.end } : nameOf(call);
    }
    case "api":
    case "context":
      return nameOf(call);
    default: {
      const [only, ...more] = readings;
      const written = maskArgumentOf(call);
      const isOne = only !== undefined && more.length === 0 && only.isInCall;
      const place = maskPlace(kernel, isOne ? valueIn(only, kernel) : null, anchor);
      return place === null ? null : (place.marked?.span ?? written ?? nameOf(call));
    }
  }
}

/** The edits of a function's text that carry out a fix; null: the text does not allow it. */
export function editsOf(
  call: Call,
  readings: readonly MaskReading[],
  kernel: Kernel,
  fix: RuleFix,
): readonly TextEdit[] | null {
  switch (fix.kind) {
    case "replace-api":
    // What frees the memory has to change with it.
    case "add-result-check":
    // How a caller fails is not for an edit to say.
    case "remove-result-check":
    case "remove-argument":
      return null;
    default: {
      const [only, ...more] = readings;
      if (only === undefined || more.length > 0 || !only.isInCall) return null;
      const { text, start } = maskArgumentOf(call) ?? { text: "", start: 0 };
      return maskEdits(kernel, only.expression, valueIn(only, kernel), fix, { text, from: start });
    }
  }
}
