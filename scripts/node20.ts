// Bundled in front of what runs on Node: the parser library calls Object.groupBy, which Node has had since 21.
function groupBy(
  items: Iterable<unknown>,
  keyOf: (item: unknown, index: number) => PropertyKey,
): Record<PropertyKey, unknown[]> {
  const groups: Record<PropertyKey, unknown[]> = Object.create(null);
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups[key];
    if (group === undefined) groups[key] = [item];
    else group.push(item);
  }
  return groups;
}

if (!("groupBy" in Object))
  Object.defineProperty(Object, "groupBy", { value: groupBy, writable: true, configurable: true });
