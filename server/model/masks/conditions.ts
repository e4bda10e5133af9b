import type { MaskExpression } from "./expression.ts";

/** `!x`, `a == b`, `a != b`: 1 or 0, as in C. */
export type Condition = Extract<MaskExpression, { readonly kind: "zero" | "equal" }>;

/**
 * The conditions of an expression that stand where a mask is wanted, in the order of the text: as a mask the 1 that
 * they may give would be __GFP_DMA. Before a `?`, and within another condition, they stand right. No expression is too
 * deep.
 */
export function conditionsAsMasks(expression: MaskExpression): readonly Condition[] {
  const found: Condition[] = [];
  const stack: { readonly node: MaskExpression; readonly decides: boolean }[] = [{ node: expression, decides: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, decides } = top;
    switch (node.kind) {
      case "choice": {
        const [condition, yes, no] = node.operands;
        stack.push({ node: condition, decides: true }, { node: yes, decides }, { node: no, decides });
        break;
      }
      case "zero":
        if (!decides) found.push(node);
        stack.push({ node: node.operand, decides: true });
        break;
      case "equal":
        if (!decides) found.push(node);
        for (const operand of node.operands) stack.push({ node: operand, decides: false });
        break;
      case "or":
      case "and":
        for (const operand of node.operands) stack.push({ node: operand, decides });
        break;
      case "not":
        stack.push({ node: node.operand, decides: false });
        break;
      case "paren":
        stack.push({ node: node.inner, decides });
        break;
      case "call":
        stack.push({ node: node.argument, decides: false });
        break;
      case "name":
      case "number":
      case "missing":
        break;
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
