import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { mapInParallel } from './map-in-parallel.ts'

test('works on as many as allowed, and keeps the order', async () => {
  let running = 0
  let most = 0
  const results = await mapInParallel([30, 5, 20, 1, 10], 2, async (milliseconds) => {
    most = Math.max(most, ++running)
    await sleep(milliseconds)
    running--
    return milliseconds * 2
  })
  expect([most, results]).toEqual([2, [60, 10, 40, 2, 20]])
})

test('ends at once where there is nothing to do', async () => {
  expect(await mapInParallel([], 4, async () => 1)).toEqual([])
})
