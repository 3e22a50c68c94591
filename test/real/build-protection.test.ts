import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionResult, runAction, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuildSite, lacksBuildTools, startBuildSite } from './build/build-site.ts'

// What buildah leaves there where nothing keeps it from it (docs/decisions/0021) dies with this mount.
// No shell: it would drop the inputs, whose names are none to it.
const inPrivate = `const { spawnSync } = require('node:child_process')
spawnSync('/bin/mount', ['-t', 'tmpfs', 'none', '/var/lib'], { stdio: 'inherit' })
const [program, ...args] = process.argv.slice(1)
process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1`
const wrapper = [
  ...['/usr/bin/unshare', '--mount', '--propagation', 'private'],
  ...[process.execPath, '--eval', inPrivate],
]

describe.skipIf(lacksBuildTools)('where buildah could write to files of the runner', () => {
  let site: BuildSite

  beforeAll(async () => {
    site = await startBuildSite('buildah')
  })

  afterAll(() => site[Symbol.asyncDispose]())

  /** Builds on a runner on which one program does less than here. */
  function buildWith(program: string, script: string): Promise<ActionResult> {
    const directory = temporaryDirectory('path')
    writeFileSync(join(directory, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const PATH = `${directory}:${process.env['PATH']}`
    const options = site.optionsOf('FROM scratch\nCOPY src /srv\n')
    return runAction('kaniko-build', { ...options, env: { PATH }, wrapper })
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

  test('a runner without SYS_ADMIN and without user namespaces is refused', async () => {
    const rights = ['setpriv', '--bounding-set=-sys_admin,-setuid,-setgid', '--']
    const options = site.optionsOf('FROM scratch\nCOPY src /srv\n')
    const { exitCode, log } = await runAction('kaniko-build', { ...options, wrapper: rights })
    expect(exitCode).toBe(1)
    expect(log).toContain('PERMISSION_MISSING: buildah needs root with CAP_SYS_ADMIN')
  })

  test('an extra argument that this buildah does not know is refused by name', async () => {
    const inputs = { 'extra-args': '--unsetlabel=a\n--squash' }
    const message = await site.refused('FROM scratch\nCOPY src /srv\n', inputs)
    expect(message).toMatch(/^ENGINE_CANNOT: buildah 1\.28\.\d+ does not know --unsetlabel$/)
  })

  test('but may not, nothing is said', async () => {
    const { exitCode, annotations, summary } = await buildWith('mount', 'exec /bin/mount "$@"')
    expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
    expect(summary).not.toContain('RUNNER WRITABLE')
  })
})
