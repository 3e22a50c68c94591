import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import type { DebianTool } from './definition.ts'
import { unpackDebian } from './make-tool.ts'

afterEach(() => vi.unstubAllEnvs())

const tool: DebianTool = {
  kind: 'debian',
  version: '1.35',
  packages: ['busybox-static'],
  programs: ['bin/busybox'],
}

/** A mirror that has one package, in a version: apt-get is a program that copies it, dpkg is the real one. */
function mirrorWith(version: string): void {
  const tree = temporaryDirectory('package')
  for (const folder of ['DEBIAN', 'bin']) mkdirSync(join(tree, folder), { mode: 0o755 })
  chmodSync(tree, 0o755)
  writeFileSync(join(tree, 'bin/busybox'), '#!/bin/sh\n', { mode: 0o755 })
  const control = `Package: busybox-static\nVersion: ${version}\nArchitecture: all\nMaintainer: x\nDescription: x\n`
  writeFileSync(join(tree, 'DEBIAN/control'), control)
  const directory = temporaryDirectory('mirror')
  const file = join(directory, 'busybox-static_x_all.deb')
  execFileSync('dpkg-deb', ['--build', tree, file], { stdio: 'ignore' })
  writeFileSync(join(directory, 'apt-get'), `#!/bin/sh\ncp ${file} .\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
}

describe('a tool from a package of Debian', () => {
  test.each(['1.35', '1.35.0-4', '1:1.35.0-4+deb12u1+b1'])(
    'is taken in the version %s, for what is recorded is of 1.35',
    async (version) => {
      mirrorWith(version)
      const entry = temporaryDirectory('entry')
      await unpackDebian('busybox', tool, entry)
      expect(existsSync(join(entry, 'bin/busybox'))).toBe(true)
    },
  )

  test.each(['1.36.1-9', '1:1.3.5', '1.350.0', '2:11.35.0', '135.0'])(
    'is refused in the version %s',
    async (version) => {
      mirrorWith(version)
      await expect(unpackDebian('busybox', tool, temporaryDirectory('entry'))).rejects.toThrow(
        `apt gives busybox-static ${version}, and what the tests record is of 1.35`,
      )
    },
  )
})
