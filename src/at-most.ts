/**
 * Runs tasks so that at most `limit` of them are under way at once; the others wait their turn, in
 * the order they came. What a task gives or throws is given back as it is.
 */
export function atMost(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The place goes straight to the next in line, so that none can slip in before it.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
