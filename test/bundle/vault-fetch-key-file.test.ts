import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  findSecrets,
  lacksNamespaces,
  memoryKinds,
  runAction,
  runPost,
  swappingMachine,
} from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { describeEachVault, withoutMasks } from './vault/each-vault.ts'
import { leastPolicy } from './vault/site.ts'

describeEachVault('vault-fetch-key, handover file', ({ site, fetched, refused }) => {
  test('puts the key on a tmpfs for its owner alone, and post removes it', async () => {
    const result = await fetched({ handover: 'file' })
    const { handle } = result
    if (handle.kind !== 'file') expect.fail(`a handle of kind ${handle.kind}`)
    expect(readFileSync(handle.path, 'utf8')).toBe(site().key.privateKey)
    expect(readFileSync(handle.passwordPath, 'utf8')).toBe(site().key.password)
    const modes = [handle.path, handle.passwordPath, dirname(handle.path)]
    expect(modes.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o700])
    expect(handle.path).toMatch(/^\/dev\/shm\//)
    const post = await runPost(result)
    expect(post.exitCode).toBe(0)
    expect(existsSync(dirname(handle.path))).toBe(false)
  })

  test('tells an auditor by which request the key was read', async () => {
    const result = await fetched({ handover: 'file' })
    expect(result.summary).toMatch(/\| key read request id \| `[0-9a-f-]{36}` \|/)
    await runPost(result)
  })

  test('shows the key nowhere else', async () => {
    const result = await fetched({ handover: 'file' })
    const { maskedLog, log, summary, directory } = result
    const { privateKey, password } = site().key
    const lines = privateKey.split('\n').filter((line) => /^[^-]/.test(line))
    for (const line of [...lines, password]) expect(log).toContain(`::add-mask::${line}\n`)
    const texts = { maskedLog, summary, log: withoutMasks(log) }
    expect(findSecrets(texts, { privateKey, password })).toEqual([])
    expect(findSecrets(directory, { privateKey, password })).toEqual([])
    await runPost(result)
  })

  test('leaves nothing on the tmpfs where the step fails', async () => {
    const memory = mkdtempSync('/dev/shm/tierseal-test-')
    const inputs = { handover: 'file', 'key-directory': memory }
    await refused({ ...inputs, 'private-key-field': 'nothing' })
    expect(readdirSync(memory)).toEqual([])
    rmdirSync(memory)
  })

  test.each([
    ['as base64', (key: string) => Buffer.from(key).toString('base64'), /base64 of the PEM/],
    ['on one line', (key: string) => key.replaceAll('\n', ''), /joined into one/],
    ['with literal line ends', (key: string) => key.replaceAll('\n', '\\n'), /two characters/],
  ])('recognises a key stored %s, and says so', async (_what, spoil, reason) => {
    const private_key = spoil(site().key.privateKey)
    await site().ask('POST', 'cosign/data/tiers/spoilt', { data: { private_key, password: '' } })
    const policy = { ...leastPolicy, 'cosign/data/tiers/spoilt': ['read'] }
    await site().writePolicy('spoilt', policy)
    await site().writeRole('spoilt', { token_policies: 'spoilt' })
    const spoilt = { role: 'spoilt', 'secret-path': 'tiers/spoilt', 'expected-policies': '' }
    const log = await refused({ ...spoilt, 'public-path': '', handover: 'file' })
    expect(log).toContain('VAULT_PRIVATE_KEY_FORM')
    expect(log).toMatch(reason)
  })

  test.skipIf(lacksNamespaces()).each(memoryKinds)(
    'warns where a machine with swap can write the key out, and only there: $type, $options',
    async (kind) => {
      const { directory, wrapper } = swappingMachine(kind)
      const inputs = { ...site().inputs, handover: 'file', 'key-directory': directory }
      const { exitCode, annotations, summary } = await runAction('vault-fetch-key', {
        inputs,
        wrapper,
      })
      const levels = kind.swappable ? ['warning'] : []
      expect([exitCode, annotations.map(({ level }) => level)]).toEqual([0, levels])
      const told = /has swap[\s\S]*ramfs[\s\S]*noswap/
      for (const { message } of annotations) expect(message).toMatch(told)
      expect(told.test(summary)).toBe(kind.swappable)
    },
  )

  test('is refused on a disk before Vault is asked for anything', async () => {
    const log = await refused({
      handover: 'file',
      'key-directory': '/proc',
      'vault-address': 'https://127.0.0.1:9',
    })
    expect(log).toContain('HANDOVER_NOT_TMPFS')
  })
})
