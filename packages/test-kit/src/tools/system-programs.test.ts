import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import { obtainTools } from './obtain-tools.ts'
import { demandPrograms } from './system-programs.ts'

let path: string

beforeEach(() => {
  path = temporaryDirectory('path')
  vi.stubEnv('PATH', path)
  vi.stubEnv('CI', '')
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function program(name: string, script = ''): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** An apt-get that knows packages after an update alone, as in a new container; what it installs is on PATH. */
function aptGetWithoutLists(): void {
  const install = `case "$*" in
    *update) : > ${path}/lists ;;
    *install*) [ -e ${path}/lists ] || { echo 'E: Unable to locate package gcc'; exit 100; }
      echo "$*" > ${path}/installed; : > ${path}/cc; /bin/chmod +x ${path}/cc ;;
  esac`
  program('apt-get', install)
}

describe('a program of the system that a tool is made with', () => {
  test('is no matter where it is there', async () => {
    program('cc')
    await demandPrograms(['cc'])
  })

  test('is named with its packages where it is missing, and nothing is installed unasked', async () => {
    aptGetWithoutLists()
    await expect(demandPrograms(['cc', 'openssl'])).rejects.toThrow(
      'cc and openssl are not on PATH; as root: apt-get install gcc libc6-dev openssl',
    )
  })

  test.each([
    ['in CI', 'true', {}],
    ['where the set-up says so', '', { install: true }],
  ])('is installed by root %s', async (_where, ci, right) => {
    vi.stubEnv('CI', ci)
    vi.spyOn(process, 'getuid').mockReturnValue(0)
    aptGetWithoutLists()
    await demandPrograms(['cc'], right)
    await demandPrograms(['cc'])
  })

  test('is never installed by a user without rights', async () => {
    vi.stubEnv('CI', 'true')
    vi.spyOn(process, 'getuid').mockReturnValue(1000)
    aptGetWithoutLists()
    await expect(demandPrograms(['cc'], { install: true })).rejects.toThrow('apt-get install gcc')
  })

  test('is named by the tool that cannot be made without it', async () => {
    vi.stubEnv('XDG_CACHE_HOME', temporaryDirectory('cache'))
    const problems = await obtainTools(['gitea', 'openbao'])
    expect(problems).toEqual([
      expect.objectContaining({
        problem: expect.stringContaining('apt-get install gcc libc6-dev'),
      }),
      expect.objectContaining({ problem: expect.stringContaining('apt-get install python3') }),
    ])
  })
})
