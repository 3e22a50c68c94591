import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'

beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('XDG_CACHE_HOME', temporaryDirectory('cache'))
})

afterEach(() => vi.unstubAllEnvs())

function programOnPath(name: string, prints: string): string {
  const directory = temporaryDirectory('path')
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`)
  chmodSync(path, 0o755)
  vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`)
  return path
}

test('takes a program from PATH that says exactly the pinned version', async () => {
  const { tryToolPath } = await import('./tool-path.ts')
  const path = programOnPath('kustomize', 'v5.8.2')
  expect(tryToolPath('kustomize')).toBe(path)
})

test('does not take another version from PATH', async () => {
  const { toolPath } = await import('./tool-path.ts')
  programOnPath('kustomize', 'v5.8.3')
  expect(() => toolPath('kustomize')).toThrow(/kustomize 5\.8\.2 is not here yet; npm run tools/)
})

test('a missing tool skips a suite on a machine, and never in CI', async () => {
  const { lacksTools } = await import('./tool-path.ts')
  programOnPath('kustomize', 'v1')
  vi.stubEnv('CI', '')
  expect(lacksTools('kustomize')).toBe(true)
  vi.stubEnv('CI', 'true')
  expect(lacksTools('kustomize')).toBe(false)
})
