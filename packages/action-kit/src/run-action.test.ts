import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** Runs a phase in a process of its own, where an error that nobody catches ends it. */
function runAlone(phase: string): { readonly printed: string; readonly exitCode: number | null } {
  const url = new URL('./index.ts', import.meta.url).href
  const source = `import { runAction } from ${JSON.stringify(url)}\nawait runAction(async () => {${phase}})`
  const args = ['--conditions=source', '--input-type=module', '--eval', source]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { printed: `${stdout}${stderr}`, exitCode: status }
}

/** Whether a phase without work waits for something at its end. */
function endOfPhase(stdout: 'a terminal' | 'a pipe'): string {
  const program = join(mkdtempSync(join(tmpdir(), 'run-action-')), 'phase.mjs')
  const url = new URL('./index.ts', import.meta.url).href
  writeFileSync(
    program,
    `import { runAction } from ${JSON.stringify(url)}
    void runAction(() => Promise.resolve())
    await new Promise(setImmediate)
    console.log(process.getActiveResourcesInfo().includes('Timeout') ? 'lingers' : 'ends')`,
  )
  const command = `${process.execPath} --conditions=source ${program}`
  const shell = stdout === 'a pipe' ? ['-c', command] : ['-c', `script -qec '${command}' /dev/null`]
  return spawnSync('/bin/sh', shell, { encoding: 'utf8' }).stdout.trim()
}

it('lingers where a terminal is read, so that its last words are seen', () => {
  expect(endOfPhase('a terminal')).toBe('lingers')
})

it('waits for nothing where there is no terminal', () => {
  expect(endOfPhase('a pipe')).toBe('ends')
})

describe('runAction', () => {
  it.each([
    ['thrown in a callback', `setTimeout(() => { throw foreign })`],
    ['rejected with nobody waiting', `void Promise.reject(foreign)`],
  ])('prints no command out of an error that is %s', (_how, fail) => {
    const foreign = `const foreign = new Error('said\\n::add-path::/evil')`
    const wait = `await new Promise((resolve) => setTimeout(resolve, 300))`
    const { printed, exitCode } = runAlone(`${foreign}; ${fail}; ${wait}`)
    expect(exitCode).toBe(1)
    expect(printed).toMatch(/^::error::A bug in this action.*said/m)
    expect(printed).not.toMatch(/^\s*::add-path/m)
  })

  it('fails the step with code, message and hint of a known error', async () => {
    await runAction(async () => {
      throw new KnownError('DIGEST_INVALID', 'the digest is empty', { hint: 'Look at the build.' })
    })
    expect(printed).toContain('::error::DIGEST_INVALID: the digest is empty%0ALook at the build.')
    expect(process.exitCode).toBe(1)
  })

  it('tells a full disk as that, and not as a bug', async () => {
    // The kernel answers each write to it as if the disk were full.
    await runAction(async () => writeFileSync('/dev/full', 'an output'))
    expect(printed).toContain('::error::DISK_FAILED: ENOSPC: no space left on device, write')
    expect(printed).not.toContain('bug')
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
