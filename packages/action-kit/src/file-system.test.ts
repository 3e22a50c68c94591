import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fileSystemOf } from './file-system.ts'

it('tells a tmpfs from what is none', () => {
  expect(fileSystemOf('/dev/shm')).toMatchObject({ type: 0x01021994, inMemory: true })
  expect(fileSystemOf('/proc').inMemory).toBe(false)
  expect(() => fileSystemOf('/nowhere')).toThrow('ENOENT')
})

it('says that a tmpfs can be swapped out where there is swap, and nothing else is', () => {
  const swaps = readFileSync('/proc/swaps', 'utf8').trim().split('\n').length > 1
  expect(fileSystemOf('/dev/shm').swappable).toBe(swaps)
  expect(fileSystemOf('/proc').swappable).toBe(false)
})
