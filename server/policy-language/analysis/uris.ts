import { folderOfFile, isInside } from "../../documents/roots.ts";

/** What the path of an `import` comes to. */
export type ImportTarget =
  /** A file of the workspace, which may or may not be there. */
  | { readonly kind: "file"; readonly uri: string }
  /** A place outside of the workspace: never read, and no link. */
  | { readonly kind: "outside"; readonly uri: string }
  /** An address (`command:…`, `https://…`, `C:\\…`) where a path belongs. */
  | { readonly kind: "address" }
  /** The importing text has no folder yet, as one that was never saved. */
  | { readonly kind: "nowhere" };

/**
 * The file that an import names. An import names a path, relative to the folder of the file that it stands in or from
 * the top of that file's scheme and host; it never names another scheme or host. It must lead into one of the roots.
 * @param roots by normalised uri, as `rootsFor` gives them for the file that is looked at
 * @param base the normalised uri of the importing file: that one, or another that it imports
 */
export function importTarget(roots: readonly string[], base: string, path: string): ImportTarget {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return { kind: "address" };
  if (folderOfFile(base) === null) return { kind: "nowhere" };
  const uri = resolveUri(base, path);
  return { kind: isInside(roots, uri) ? "file" : "outside", uri };
}

/**
 * Resolves a path against the uri of the file that it stands in, as a browser would: relative to its folder, `.` and
 * `..` folded, an absolute path from the top. Scheme and host stay. Characters that a uri can't hold are encoded.
 */
export function resolveUri(base: string, path: string): string {
  const encoded = path.replaceAll("\\", "/").split("/").map(encodeSegment).join("/");
  const root = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i.exec(base)?.[0] ?? "";
  const folder = base
    .slice(root.length)
    .replace(/[?#].*$/, "")
    .replace(/[^/]*$/, "");
  const joined = encoded.startsWith("/") ? encoded : folder + encoded;
  const rooted = joined.startsWith("/");
  const segments: string[] = [];
  for (const segment of joined.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else if (segment !== ".." || !rooted) segments.push(segment);
  }
  return root + (rooted ? "/" : "") + segments.join("/");
}

function encodeSegment(segment: string): string {
  // A lone surrogate can't be encoded; it can't be in a file name either.
  return encodeURIComponent(segment.replaceAll(/\p{Surrogate}/gu, "\uFFFD")).replaceAll(
    /%(?:21|24|26|27|28|29|2A|2B|2C|3B|3D|40|7E)/gi,
    decodeURIComponent,
  );
}

/** A uri as people read it: without the escapes of what it cannot hold. */
export function decodedUri(uri: string): string {
  try {
    return decodeURI(uri);
  } catch {
    return uri;
  }
}
