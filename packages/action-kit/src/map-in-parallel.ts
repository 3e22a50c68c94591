/**
 * Works on a few items at a time; the results stand in the order of the items. Where one fails no other is begun.
 *
 * @throws what the first item to fail threw
 */
export async function mapInParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>()
  const queue = [...items.entries()]
  const stop = (error: unknown): never => {
    queue.length = 0
    throw error
  }
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results.set(next[0], await work(next[1]).catch(stop))
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
