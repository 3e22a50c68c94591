import { expect, test } from 'vitest'
import type { Findings } from './findings.ts'
import { settle } from './settle.ts'

const there: Findings = {
  signatures: ['@sha256:1'],
  foreignBundles: [],
  hasOwnBundle: true,
  overwritable: true,
}
const lost: Findings = { ...there, signatures: [] }

function looks(...answers: readonly Findings[]): { look: () => Promise<Findings>; count: number } {
  const seen = {
    count: 0,
    look: async (): Promise<Findings> => answers[seen.count++] ?? lost,
  }
  return seen
}

const inFuture = (): number => Date.now() + 60_000

test('sees a signature in a tag that another writer drops after the first look', async () => {
  const seen = looks(there, lost)
  const last = await settle({ look: seen.look, writeMs: 0, deadlineAt: inFuture() })
  expect(last.signatures).toEqual([])
  expect(seen.count).toBe(2)
})

test('waits before the second look, longer than another writer takes', async () => {
  const startedAt = Date.now()
  await settle({ look: looks(there, there).look, writeMs: 400, deadlineAt: inFuture() })
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_190)
})

test('looks once where the referrers API keeps writers apart', async () => {
  const seen = looks({ ...there, overwritable: false })
  await settle({ look: seen.look, writeMs: 0, deadlineAt: inFuture() })
  expect(seen.count).toBe(1)
})

test('does not wait where the signature is lost already', async () => {
  const startedAt = Date.now()
  const seen = looks(lost)
  await settle({ look: seen.look, writeMs: 0, deadlineAt: inFuture() })
  expect([seen.count, Date.now() - startedAt < 500]).toEqual([1, true])
})
