import { ADDITIONS, EDITS, SLAB_ADDITION, SLAB_EDITS, slabNeedsEdits, type Addition, type Edit } from "./edits.ts";

/** An edit for which the tree has no place. */
export interface Misfit {
  readonly edit: Edit;
  /** What was wrong: the file is missing, or none of the forms was found. */
  readonly why: string;
}

export interface Instrumented {
  /** The new text of each file that the edits change, by its path in the tree. */
  readonly files: ReadonlyMap<string, string>;
  readonly misfits: readonly Misfit[];
}

/**
 * Makes all edits of edits.ts.
 * @param read gives the untouched text of a file of the tree, or null when the tree does not have it
 * @returns the texts and what did not fit; a file that the tree lacks is not among the texts
 */
export function instrument(read: (file: string) => string | null): Instrumented {
  const slab = slabNeedsEdits(read("mm/slub.c") ?? "");
  const edits = slab ? [...EDITS, ...SLAB_EDITS] : EDITS;
  const additions = slab ? [...ADDITIONS, SLAB_ADDITION] : ADDITIONS;
  const files = new Map<string, string>();
  const misfits: Misfit[] = [];
  const textOf = (file: string): string | null => files.get(file) ?? read(file);

  for (const edit of edits) {
    const text = textOf(edit.file);
    const form = text === null ? undefined : edit.forms.find(({ find }) => text.search(find) >= 0);
    if (text !== null && form !== undefined) files.set(edit.file, text.replace(form.find, form.put));
    else misfits.push({ edit, why: text === null ? "the tree has no such file" : sought(edit) });
  }
  for (const { file, purpose, text } of additions) {
    const before = textOf(file);
    if (before !== null) files.set(file, before + text);
    else misfits.push({ edit: asEdit({ file, purpose, text }), why: "the tree has no such file" });
  }
  return { files, misfits };
}

const asEdit = ({ file, purpose }: Addition): Edit => ({ file, purpose, forms: [], loses: null });

const sought = (edit: Edit): string => `looked for ${edit.forms.map(({ find }) => `/${find.source}/`).join(" or ")}`;

/** A misfit in two lines. */
export function misfitText({ edit, why }: Misfit): string {
  const cost = edit.loses === null ? "needed" : `without it the recording lacks ${edit.loses}`;
  return `${edit.file}: ${edit.purpose} (${cost})\n    ${why}`;
}
