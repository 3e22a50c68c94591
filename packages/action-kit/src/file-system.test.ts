import { expect, it } from 'vitest'
import { fileSystemOf } from './file-system.ts'

it('tells a tmpfs from what is none', () => {
  expect(fileSystemOf('/dev/shm')).toEqual({ type: 0x01021994, inMemory: true })
  expect(fileSystemOf('/proc').inMemory).toBe(false)
  expect(() => fileSystemOf('/nowhere')).toThrow('ENOENT')
})
