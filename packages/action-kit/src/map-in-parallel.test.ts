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

test('begins nothing more once one has failed', async () => {
  const begun: number[] = []
  const working = mapInParallel([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    await sleep(item * 10)
    if (item === 1) throw new Error('one')
  })
  await expect(working).rejects.toThrow('one')
  await sleep(60)
  expect(begun).toEqual([1, 2])
})
