/** How many values of an ascending list are not above this one. */
export function countUpTo(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first value of an ascending list that is above this one. */
export function firstAfter(values: readonly number[], value: number): number | undefined {
  return values[countUpTo(values, value)];
}
