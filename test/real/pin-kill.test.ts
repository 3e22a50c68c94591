import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  findSecrets,
  lacksTools,
  runPost,
  startAction,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { gitHost, pinOf } from './pin-fixture.ts'
import { makeSigningKey, type SigningKeyPair } from './pin-signing-key.ts'
import { digestOf } from './pin-site.ts'

const pins = [pinOf('a')]

describe.skipIf(lacksTools('kustomize'))('kustomize-pin, killed', () => {
  const host = gitHost()
  const { site } = host
  let key: SigningKeyPair
  beforeAll(() => {
    key = makeSigningKey('canary passphrase 9Q')
  })

  test.each([100, 250, 400, 600, 900, 1300])(
    'after %i ms: no half-written overlay, no credential, no folder and no process is left',
    async (delayMs) => {
      const gitops = site()
      const before = gitops.read('dev/kustomization.yaml')
      const inputs = { 'signing-key': key.armored, 'signing-passphrase': key.passphrase }
      const running = startAction('kustomize-pin', { inputs: gitops.inputs(pins, inputs) })
      await Promise.race([sleep(delayMs), running.result])
      running.kill()
      const main = await running.result
      const post = await runPost(main)
      expect(post.exitCode, post.log).toBe(0)
      const after = gitops.read('dev/kustomization.yaml')
      expect([before, `${before}  digest: ${digestOf('a')}\n`]).toContain(after)
      const secrets = { token: host.server.token, passphrase: key.passphrase, key: key.armored }
      expect(findSecrets(main.directory, secrets)).toEqual([])
      expect(readdirSync(main.runnerTemp)).toEqual([])
      const { keyring, work } = main.state
      if (keyring !== undefined) expect(existsSync(keyring)).toBe(false)
      expect(processesWith(work ?? main.runnerTemp, keyring ?? main.runnerTemp)).toEqual([])
    },
  )

  test('before its folders were there: post finds nothing to do', async () => {
    const main = await site().pin(pins)
    const work = join(main.runnerTemp, 'never-came')
    const post = await runPost({ ...main, state: { work, keyring: `${work}-either` } })
    expect([post.exitCode, post.annotations]).toEqual([0, []])
  })

  test('a git that hangs holds the token no longer than until post', async () => {
    const gitops = site()
    const slow = join(temporaryDirectory('slow-git'), 'git')
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    writeFileSync(
      slow,
      `#!/bin/sh\nfor a; do [ "$a" = fetch ] && sleep 300; done\nexec ${real} "$@"\n`,
    )
    chmodSync(slow, 0o755)
    const inputs = gitops.inputs(pins, { 'git-path': slow })
    const running = startAction('kustomize-pin', { inputs })
    const work = await appears(running.runnerTemp, 'tierseal-pin-')
    while (processesWith(work, work).length === 0) await sleep(50)
    await sleep(500)
    running.kill()
    const main = await running.result
    await runPost(main)
    expect(processesWith(work, work)).toEqual([])
    expect(readdirSync(main.runnerTemp)).toEqual([])
  })

  test('a missing kustomize is said before anything is fetched', async () => {
    const gitops = site()
    const seen = host.server.requests.length
    const missing = await gitops.pin(pins, { 'kustomize-path': '/nonexistent/kustomize' })
    expect(missing.log).toContain('TOOL_MISSING')
    const wrong = await gitops.pin(pins, { 'kustomize-path': join('/bin', 'true') })
    expect(wrong.log).toContain('TOOL_VERSION')
    const old = await gitops.pin(pins, { 'git-path': toolPath('kustomize') })
    expect(old.log).toContain('TOOL_VERSION')
    expect(host.server.requests.length).toBe(seen)
  })
})

async function appears(directory: string, prefix: string): Promise<string> {
  for (;;) {
    const found = readdirSync(directory).find((name) => name.startsWith(prefix))
    if (found !== undefined) return join(directory, found)
    await sleep(20)
  }
}

/** Processes whose environment or command line names one of the folders. */
function processesWith(...folders: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const text = read(`/proc/${pid}/environ`) + read(`/proc/${pid}/cmdline`)
      return folders.some((folder) => text.includes(folder))
    })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
