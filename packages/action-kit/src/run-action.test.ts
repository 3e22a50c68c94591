import { KnownError } from '@tierseal/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { maskSecret } from './masking.ts'
import { runAction } from './run-action.ts'

let printed = ''

beforeEach(() => {
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

describe('runAction', () => {
  it('fails the step with code, message and hint of a known error', async () => {
    await runAction(async () => {
      throw new KnownError('DIGEST_INVALID', 'the digest is empty', { hint: 'Look at the build.' })
    })
    expect(printed).toContain('::error::DIGEST_INVALID: the digest is empty%0ALook at the build.')
    expect(process.exitCode).toBe(1)
  })

  it('shows the stack of anything else: it is a bug', async () => {
    await runAction(async () => {
      throw new TypeError('undefined is not a function')
    })
    expect(printed).toMatch(/A bug in this action.*TypeError.*run-action\.test/)
    expect(process.exitCode).toBe(1)
  })

  it('redacts what is masked', async () => {
    maskSecret('canary-value-1')
    printed = ''
    await runAction(async () => {
      throw new KnownError('TOOL_FAILED', 'it said canary-value-1')
    })
    expect(printed).not.toContain('canary-value-1')
  })
})
