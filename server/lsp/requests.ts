import { RequestType } from "vscode-languageserver";

/** What the protocol has no request for: asked by the VS Code extension, open to any client. Parameters are read field by field. */
export const kernelInForceRequest = new RequestType<unknown, { readonly text: string; readonly kernels: string; readonly detail: string } | null, void>("allocpolicy/kernelInForce");
export const rulePageRequest = new RequestType<unknown, { readonly markdown: string } | null, void>("allocpolicy/rulePage");
export const decodeRequest = new RequestType<unknown, { readonly text: string } | null, void>("allocpolicy/decode");
