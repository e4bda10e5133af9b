/**
 * Resolves the path of an `import` against the uri of the file that it stands in, as a browser would: relative to its
 * folder, `.` and `..` folded, an absolute path or a uri taken as it is. Characters that a uri can't hold are encoded.
 */
export function resolveUri(base: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return path;
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
