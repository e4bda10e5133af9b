import { kernelRule } from "../../rules/catalogue.ts";
import type { CFinding } from "../c-finding.ts";
import type { NamedFile } from "../link/linked.ts";

/** What is wrong with a mask that has a name in the file is said where the name is used first. */
export function onceForMacros(files: readonly NamedFile[], findings: readonly CFinding[]): readonly CFinding[] {
  const said = new Set<string>();
  return findings.filter(({ file, rule, isAnywhere, maskText }) => {
    if (!isAnywhere || files[file]?.file.named.maskMacros.some(({ name }) => name === maskText) !== true) return true;
    const key = `${file} ${rule} ${maskText}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}

/**
 * What of the findings of one function is told. A scope serves what is allocated together; what is given back one after
 * the other in a place where it must not is one mistake.
 */
export function once(findings: readonly CFinding[]): readonly CFinding[] {
  const told = new Set<string>();
  return findings.filter(({ rule, proof: [first] }, at) => {
    const speaksOf = kernelRule(rule)?.speaksOf;
    if (speaksOf === undefined || (speaksOf === "first" && first === undefined)) return true;
    const key = speaksOf === "first" ? `${rule} ${first?.file} ${first?.start}` : rule;
    if (told.has(key)) return false;
    told.add(key);
    return speaksOf === "first" || findings.some((other, index) => index > at && other.rule === rule);
  });
}
