/**
 * How much longer work takes in another network: of two pairs the quickest each, since the machine has other
 * work too. Both give how many milliseconds a run took.
 */
export async function slowdown(
  connected: () => Promise<number>,
  cut: () => Promise<number>,
): Promise<number> {
  const times = { connected: Number.POSITIVE_INFINITY, cut: Number.POSITIVE_INFINITY }
  for (let pair = 0; pair < 2; pair++) {
    times.connected = Math.min(times.connected, await connected())
    times.cut = Math.min(times.cut, await cut())
  }
  return times.cut / times.connected
}
