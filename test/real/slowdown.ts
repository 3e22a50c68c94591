const fewest = 2
const most = 5

/**
 * How much longer work takes in another network: of some pairs the quickest each, since the machine has other
 * work too. More pairs are run while it seems to take twice as long: what waits for a network does so each time.
 * Both give how many milliseconds a run took.
 */
export async function slowdown(
  connected: () => Promise<number>,
  cut: () => Promise<number>,
): Promise<number> {
  const times = { connected: Number.POSITIVE_INFINITY, cut: Number.POSITIVE_INFINITY }
  const ratio = (): number => times.cut / times.connected
  for (let pair = 0; pair < fewest || (ratio() >= 2 && pair < most); pair++) {
    times.connected = Math.min(times.connected, await connected())
    times.cut = Math.min(times.cut, await cut())
  }
  return ratio()
}
