import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountPoints, mountsBelow, processesOf, removeLeftovers } from './leftovers.ts'

const mountinfo = [
  '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
  '30 22 0:20 / /tmp/place\\040one rw - tmpfs tmpfs rw',
  '31 30 0:21 / /tmp/place\\040one/storage/merged rw - overlay overlay rw',
  '32 22 0:22 / /tmp/place\\040other rw - tmpfs tmpfs rw',
  '',
].join('\n')

test('reads mount points with blanks in their names', () => {
  expect(mountPoints(mountinfo)).toContain('/tmp/place one/storage/merged')
})

test('lists what is mounted inside a folder, and not the folder beside it', () => {
  expect(mountsBelow('/tmp/place one', mountinfo)).toEqual(['/tmp/place one/storage/merged'])
})

test('ends every process of the session and removes the folder', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tierseal-leftovers-'))
  writeFileSync(join(directory, 'config.json'), 'secret')
  // As kaniko leaves a RUN: its parent is gone, its process group is its own, its session is not.
  const leader = spawn('sh', ['-mc', 'sleep 300 & sleep 300 & wait'], {
    detached: true,
    stdio: 'ignore',
  })
  const { pid: session } = leader
  if (session === undefined) throw new Error('sh could not be started')
  await expect.poll(() => processesOf({ directory, session }).length).toBe(3)
  process.kill(session, 'SIGKILL')
  await expect.poll(() => processesOf({ directory, session }).length).toBe(2)
  await removeLeftovers({ directory, session })
  expect(processesOf({ directory, session })).toEqual([])
  expect(existsSync(directory)).toBe(false)
})

test('does not take its own process for one of the build', () => {
  expect(processesOf({ directory: '/' })).not.toContain(process.pid)
})
