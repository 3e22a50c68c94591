import { describe, expect, it, vi } from 'vitest'
import { retry } from './retry.ts'

const soon = { firstPauseMs: 1, shouldRetry: () => true }

describe('retry', () => {
  it('tries again until the operation succeeds', async () => {
    let calls = 0
    const flaky = async (): Promise<number> => {
      calls += 1
      if (calls < 3) throw new Error('busy')
      return calls
    }
    expect(await retry(flaky, { ...soon, deadlineAt: Date.now() + 1000 })).toBe(3)
  })

  it('throws the last failure once the attempts are spent', async () => {
    let calls = 0
    const failing = async (): Promise<never> => {
      calls += 1
      throw new Error(`failure ${calls}`)
    }
    const options = { ...soon, attempts: 2, deadlineAt: Date.now() + 1000 }
    await expect(retry(failing, options)).rejects.toThrow('failure 2')
  })

  it('starts no attempt after the deadline', async () => {
    let calls = 0
    const failing = async (): Promise<never> => {
      calls += 1
      throw new Error('busy')
    }
    await expect(retry(failing, { ...soon, deadlineAt: Date.now() })).rejects.toThrow('busy')
    expect(calls).toBe(1)
  })

  it('does not repeat a failure that will not pass', async () => {
    let calls = 0
    const failing = async (): Promise<never> => {
      calls += 1
      throw new Error('denied')
    }
    const options = { shouldRetry: () => false, deadlineAt: Date.now() + 1000 }
    await expect(retry(failing, options)).rejects.toThrow('denied')
    expect(calls).toBe(1)
  })

  it('waits at least half of each growing pause, so that a rate limit has time to pass', async () => {
    const failing = async (): Promise<never> => {
      throw new Error('429')
    }
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const startedAt = Date.now()
    const options = {
      attempts: 4,
      firstPauseMs: 20,
      deadlineAt: startedAt + 5000,
      shouldRetry: () => true,
    }
    await expect(retry(failing, options)).rejects.toThrow('429')
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(10 + 20 + 40 - 5)
    vi.restoreAllMocks()
  })
})
