/** True for a file in the folder or below it; both by normalised uri. */
export function isWithin(folder: string, uri: string): boolean {
  return uri.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** True for a file in one of the folders or below it; all by normalised uri. */
export function isInside(roots: readonly string[], uri: string): boolean {
  return roots.some((root) => isWithin(root, uri));
}

/** The folder of a file, with `/` at its end; null for a text that stands in none, as one that was never saved. */
export function folderOfFile(uri: string): string | null {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?\/(?:[^?#]*\/)?/i.exec(uri)?.[0] ?? null;
}

/**
 * The folders that a document, and what it refers to, may refer to: those of the workspace, or, for a file that lies in
 * none of them, its own folder as well. All by normalised uri.
 */
export function rootsFor(roots: readonly string[], uri: string): readonly string[] {
  const own = folderOfFile(uri);
  return own === null || isInside(roots, uri) ? roots : [...roots, own];
}
