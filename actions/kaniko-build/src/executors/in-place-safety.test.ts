import { expect, test } from 'vitest'
import { demandSafePlace, exposedParts } from './in-place-safety.ts'

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
  expect(() => demandSafePlace('/usr/bin/executor')).toThrow(
    expect.objectContaining({
      code: 'EXECUTOR_REFUSED',
      message: expect.stringMatching(/kaniko-path is \/usr\/bin\/executor[\s\S]*node \(/),
    }),
  )
})
