/** Tells listeners that something changed, once for all that changes in one turn. */
export function createNews(): {
  readonly changed: () => void;
  /** Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
} {
  const listeners = new Set<() => void>();
  let isDue = false;
  return {
    changed() {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        for (const listener of listeners) listener();
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
