import { NAME, type Tokens } from "../text/tokens.ts";

const GFP_NAME = /^(?:__)?GFP_[A-Z]/;

/** Which names of a file are masks, asked for each name once. */
export interface FileNames {
  readonly isMask: (id: number) => boolean;
}

const UNASKED = 0;
const IS_MASK = 1;
const IS_NONE = 2;

export function fileNames(tokens: Tokens): FileNames {
  const known = new Uint8Array(tokens.nameCount);
  return {
    isMask: (id) => {
      const found = known[id] ?? UNASKED;
      if (found !== UNASKED) return found === IS_MASK;
      const is = isMaskText(tokens.nameOf(id));
      known[id] = is ? IS_MASK : IS_NONE;
      return is;
    },
  };
}

/** It begins with the name of a mask. */
export const isMaskText = (text: string): boolean => GFP_NAME.test(text);

export const isMaskAt = (tokens: Tokens, names: FileNames, at: number): boolean =>
  tokens.kinds[at] === NAME && names.isMask(tokens.names[at] ?? 0);

/** Whether a mask is named between two tokens. What stands in the parentheses of a call is that call's. */
export function hasMaskName(tokens: Tokens, names: FileNames, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const partner = tokens.partners[at] ?? -1;
    if (partner > at && tokens.kinds[at - 1] === NAME) at = partner;
    else if (isMaskAt(tokens, names, at)) return true;
  }
  return false;
}
