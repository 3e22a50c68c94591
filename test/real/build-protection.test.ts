import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionResult, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuildSite, lacksBuildTools, startBuildSite } from './build/build-site.ts'

// What buildah leaves behind where nothing keeps it from it (docs/decisions/0021).
const cache = '/var/lib/containers'

describe.skipIf(lacksBuildTools)('where buildah could write to files of the runner', () => {
  const hadCache = existsSync(cache)
  let site: BuildSite

  beforeAll(async () => {
    site = await startBuildSite('buildah')
  })

  afterAll(async () => {
    await site[Symbol.asyncDispose]()
    if (!hadCache) rmSync(cache, { recursive: true, force: true })
  })

  /** Builds on a runner on which one program does less than here. */
  function buildWith(program: string, script: string): Promise<ActionResult> {
    const directory = temporaryDirectory('path')
    writeFileSync(join(directory, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const PATH = `${directory}:${process.env['PATH']}`
    return site.build('FROM scratch\nCOPY src /srv\n', {}, { PATH })
  }

  function expectSaid({ exitCode, annotations, summary }: ActionResult, why: string): void {
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, message }) => `${level} ${message}`)).toEqual([
      `warning buildah could write to files of this runner: ${why}`,
    ])
    expect(summary).toContain(`| RUNNER WRITABLE | \`${why}\` |`)
  }

  test('since no namespaces are to be had, a warning and the summary say so', async () => {
    const result = await buildWith('unshare', 'exit 1')
    expectSaid(result, 'it allows no namespaces of its own')
  })

  test('since the root cannot be made read-only, a warning and the summary say so', async () => {
    const result = await buildWith(
      'mount',
      'case "$*" in *remount*) exit 32 ;; esac\nexec /bin/mount "$@"',
    )
    expectSaid(result, 'mount -o remount,bind,ro / is refused here')
  })

  test('but may not, nothing is said', async () => {
    const { exitCode, annotations, summary } = await buildWith('mount', 'exec /bin/mount "$@"')
    expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
    expect(summary).not.toContain('RUNNER WRITABLE')
  })
})
