import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
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

async function cachedProgram(name: 'buildah' | 'busybox', prints: string): Promise<string> {
  const { entryDirectory } = await import('./tool-cache.ts')
  const directory = join(entryDirectory(name), 'bin')
  mkdirSync(directory, { recursive: true })
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`, { mode: 0o755 })
  vi.stubEnv('PATH', '/usr/bin:/bin')
  return path
}

test('takes a Debian program from the cache in any point release of the pinned version', async () => {
  const { tryToolPath } = await import('./tool-path.ts')
  const path = await cachedProgram('buildah', 'buildah version 1.28.9 (image-spec 1.1.0)')
  expect(tryToolPath('buildah')).toBe(path)
})

test('does not take a Debian program from the cache that says another version', async () => {
  const { tryToolPath } = await import('./tool-path.ts')
  await cachedProgram('buildah', 'buildah version 1.33.1 (image-spec 1.1.0)')
  expect(tryToolPath('buildah')).toBe(undefined)
  await cachedProgram('busybox', 'BusyBox v1.36.1 (Debian 1:1.36.1-9) multi-call binary.')
  expect(tryToolPath('busybox')).toBe(undefined)
})

test('never takes busybox from PATH, where it may need libraries', async () => {
  const { tryToolPath } = await import('./tool-path.ts')
  programOnPath('busybox', 'BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.')
  expect(tryToolPath('busybox')).toBe(undefined)
})

test('a missing tool skips a suite on a machine, and never in CI', async () => {
  const { lacksTools } = await import('./tool-path.ts')
  programOnPath('kustomize', 'v1')
  vi.stubEnv('CI', '')
  expect(lacksTools('kustomize')).toBe(true)
  vi.stubEnv('CI', 'true')
  expect(lacksTools('kustomize')).toBe(false)
})
