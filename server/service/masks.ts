export function hex(mask: number): string {
  return `0x${(mask >>> 0).toString(16)}`;
}
