import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './root.ts'

function run(verb: string, ...words: readonly string[]) {
  const args = ['--conditions=source', join(root, 'scripts', `${verb}.ts`), ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

// What these do not know is for vitest.
const ofVitest = ['test', 'test-cluster'] as const
const own = [
  'demo',
  'release',
  'bench',
  'tools',
  'lab',
  'build',
  'docs',
  'check',
  'format',
] as const

describe('the command line of npm run', { timeout: 60_000 }, () => {
  test.each([...own, ...ofVitest])('%s --help prints the usage and does nothing', (verb) => {
    const { status, stdout, stderr } = run(verb, '--help')
    expect(stdout).toMatch(/npm (run|test) /)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test.each(own)('%s answers a wrong option with its usage, no stack, and 2', (verb) => {
    const { status, stdout, stderr } = run(verb, '--tpyo')
    expect(stderr).toMatch(new RegExp(`^${verb}: Unknown option '--tpyo'\\n\\n.*npm run ${verb}`))
    expect(stderr).not.toContain('node:')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })

  test.each([
    ['tools', ['kustomise'], 'no tool is called kustomise'],
    ['lab', ['frobnicate'], 'not "frobnicate"'],
    ['release', [], '--out'],
    ['bench', ['--only', 'sing'], 'sign, pin'],
  ] as const)('%s %j is refused with what there is', (verb, words, there) => {
    const { status, stderr } = run(verb, ...words)
    expect(stderr).toContain(there)
    expect(status).toBe(2)
  })
})
