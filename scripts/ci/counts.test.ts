import { expect, it } from 'vitest'
import { countsOf, formatCounts, sum } from './counts.ts'

it('reads the closing line of a step', () => {
  expect(countsOf(0, 'noise\n12 passed, 0 failed, 3 skipped\n')).toEqual({
    passed: 12,
    failed: 0,
    skipped: 3,
  })
})

it('counts a step without a closing line as one check', () => {
  expect(countsOf(0, 'done\n')).toEqual({ passed: 1, failed: 0, skipped: 0 })
  expect(countsOf(2, 'boom\n')).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

it('never lets a failed step pass, whatever it printed', () => {
  expect(countsOf(1, '12 passed, 0 failed\n')).toEqual({ passed: 12, failed: 1, skipped: 0 })
})

it('adds up and prints what the reader of CI expects', () => {
  const counts = sum([
    { passed: 2, failed: 0, skipped: 0 },
    { passed: 3, failed: 1, skipped: 0 },
  ])
  expect(formatCounts(counts)).toBe('5 passed, 1 failed')
})
