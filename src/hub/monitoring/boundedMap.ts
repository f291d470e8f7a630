/** A map that forgets its oldest entry rather than grow beyond `most`. */
export function boundedMap<K, V>(
  most: number,
): Pick<Map<K, V>, "get" | "set" | "delete"> {
  const map = new Map<K, V>();
  return {
    get: (key) => map.get(key),
    set(key, value) {
      map.set(key, value);
      if (map.size > most)
        for (const oldest of map.keys()) {
          map.delete(oldest);
          break;
        }
      return map;
    },
    delete: (key) => map.delete(key),
  };
}
