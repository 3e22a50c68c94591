import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { demandSafePlace, exposedParts, mappedFiles } from './in-place-safety.ts'

const mounts = ['/', '/proc', '/dev', '/workspace', '/var/run/act']

test.each([
  ['node in the kaniko folder', '/kaniko/node/bin/node', false],
  ['a workspace on a volume', '/workspace/app', false],
  ['the volume itself', '/workspace', false],
  ['node on the root filesystem', '/usr/local/bin/node', true],
  ['a folder whose name only begins like a mount', '/workspace-two', true],
  ['the temporary folder of a plain container', '/tmp', true],
])('%s is exposed: %s %s', (what, path, exposed) => {
  expect(exposedParts([{ what, path }], mounts)).toHaveLength(exposed ? 1 : 0)
})

test('refuses this machine, and says which part of the runner it would delete', () => {
  const reasons =
    /kaniko-path is \/usr\/bin\/executor[\s\S]*node \([\s\S]*the context \(\/srv\/app\)/
  expect(() => demandSafePlace('/usr/bin/executor', '/srv/app')).toThrow(
    expect.objectContaining({
      code: 'EXECUTOR_REFUSED',
      message: expect.stringMatching(reasons),
    }),
  )
})

test('knows the libraries that a process has loaded', () => {
  const maps = [
    '55d0-55d1 r-xp 00000000 fe:00 1234 /volume/node/bin/node',
    '7f00-7f01 r--p 00000000 fe:00 77 /usr/lib/x86_64-linux-gnu/libc.so.6',
    '7f01-7f02 r-xp 00000000 fe:00 77 /usr/lib/x86_64-linux-gnu/libc.so.6',
    '7f03-7f04 rw-p 00000000 00:00 0 ',
    '7f05-7f06 rw-p 00000000 00:00 0 [heap]',
    '7f07-7f08 rw-p 00000000 00:01 9 /memfd:x (deleted)',
    '',
  ].join('\n')
  expect(mappedFiles(maps)).toEqual([
    '/volume/node/bin/node',
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
  ])
  expect(mappedFiles(readFileSync('/proc/self/maps', 'utf8'))).toContainEqual(
    expect.stringMatching(/node/),
  )
})
