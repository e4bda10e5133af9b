/**
 * One spelling for each file: clients percent-encode differently (`file:///c%3A/a`, `file:///C:/a`), and imports are
 * resolved as text. Encoded letters that need no encoding are decoded, a drive letter is lowered.
 */
export function fileKey(uri: string): string {
  if (!uri.includes("%") && !/^file:\/\/\/[A-Z]:/.test(uri)) return uri;
  const decoded = uri.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return encodeURI(decodeURIComponent(encoded)).replaceAll("#", "%23").replaceAll("?", "%3F");
    } catch {
      return encoded;
    }
  });
  return decoded.replace(/^file:\/\/\/([A-Z]):/, (_, drive: string) => `file:///${drive.toLowerCase()}:`);
}
