import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tool } from '@tierseal/action-kit'
import { expect, test } from 'vitest'
import { PinDeadline } from '../pin-deadline.ts'
import { Git } from './git.ts'

const remote = {
  url: 'https://git.internal/a/b.git',
  username: 'bot',
  token: undefined,
  caPath: undefined,
}

/** A git that answers every command but `version` as a full or slow disk would make it. */
async function troubledGit(trouble: string, totalMs: number): Promise<Git> {
  const home = mkdtempSync(join(tmpdir(), 'troubled-git-'))
  const path = join(home, 'git')
  const script = `#!/bin/sh\n[ "$1" = version ] && { echo git version 2.39.5; exit; }\n${trouble}\n`
  writeFileSync(path, script, { mode: 0o755 })
  const tool = await Tool.find({ name: 'git', path })
  return Git.open({ tool, remote, deadline: new PinDeadline(totalMs), home })
}

test('a local command that may not write is no question of rights on the server', async () => {
  const git = await troubledGit('echo "error: index: Permission denied" >&2; exit 128', 60_000)
  await expect(git.local(['read-tree', 'x'])).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('Permission denied'),
  })
})

test('a local command that the end of the step cuts off is no question of the network', async () => {
  const git = await troubledGit('exec sleep 60', 300)
  const failure: unknown = await git.local(['read-tree', 'x']).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  expect(String(failure)).not.toContain(remote.url)
})
