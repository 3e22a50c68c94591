import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findSecrets,
  lacksNamespaces,
  lacksTools,
  memoryKinds,
  swappingMachine,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { gitHost, pinOf } from './pin-fixture.ts'
import { makeSigningKey } from './pin-signing-key.ts'
import { git } from './pin-site.ts'

const pins = [pinOf('a')]

describe.skipIf(lacksTools('kustomize'))('kustomize-pin signs', () => {
  const { site } = gitHost()

  test.each([
    ['canary passphrase 9Q', 24],
    ['', 20],
  ] as const)(
    'a commit that verifies elsewhere (passphrase %j, Node %i)',
    async (passphrase, node) => {
      const gitops = site()
      const key = makeSigningKey(passphrase)
      const more = {
        'signing-key': key.armored,
        'signing-passphrase': passphrase,
        'author-name': 'Größe Bot',
      }
      const result = await gitops.pin(pins, more, { node })
      expect(result.outputs['changed'], result.log).toBe('true')
      expect(result.summary).toContain(`| signed by | \`${key.fingerprint}\` |`)
      const home = temporaryDirectory('verify')
      const env = { GNUPGHOME: home }
      execFileSync('gpg', ['--homedir', home, '--batch', '--import'], {
        input: key.publicKey,
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      expect(git(gitops.bare, ['log', '-1', '--format=%G? %GP %an', 'main'], env)).toBe(
        `U ${key.fingerprint} Größe Bot`,
      )
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
      expect(existsSync(result.state['keyring'] ?? '/')).toBe(false)
      const secrets = { key: key.armored, ...(passphrase === '' ? {} : { passphrase }) }
      expect(findSecrets(result.directory, secrets)).toEqual([])
      expect(findSecrets({ log: result.maskedLog, summary: result.summary }, secrets)).toEqual([])
    },
  )

  test('nothing is pushed with a wrong passphrase, a broken key or a public key', async () => {
    const gitops = site()
    const key = makeSigningKey('right')
    const wrong = await gitops.pin(pins, {
      'signing-key': key.armored,
      'signing-passphrase': 'wrong',
    })
    expect(wrong.log).toContain('PIN_SIGNING_KEY_INVALID')
    const broken = await gitops.pin(pins, { 'signing-key': 'not a key' })
    expect(broken.log).toContain('PIN_SIGNING_KEY_INVALID')
    const publicKey = await gitops.pin(pins, { 'signing-key': key.publicKey })
    expect(publicKey.log).toContain('it holds 0 secret keys instead of one')
    expect(gitops.git('rev-list', '--count', 'main')).toBe('1')
  })

  test('a signature that does not verify never leaves the machine', async () => {
    const gitops = site()
    const key = makeSigningKey('')
    const forger = join(temporaryDirectory('forger'), 'gpg')
    const script = [
      '#!/bin/sh',
      'for last; do :; done',
      'for a; do [ "$a" = --detach-sign ] && echo "another text" >> "$last"; done',
      'exec gpg "$@"',
    ]
    writeFileSync(forger, script.join('\n'), { mode: 0o755 })
    const result = await gitops.pin(pins, { 'signing-key': key.armored, 'gpg-path': forger })
    expect(result.log).toContain(`PIN_SIGNATURE_UNVERIFIED: the signature by ${key.fingerprint}`)
    expect(gitops.git('rev-list', '--count', 'main')).toBe('1')
  })

  test('a keyring on a disk is refused', async () => {
    const key = makeSigningKey('')
    const result = await site().pin(pins, {
      'signing-key': key.armored,
      'signing-directory': '/proc',
    })
    expect(result.log).toContain('PIN_KEYRING_ON_DISK: /proc is not on a tmpfs')
  })

  test.skipIf(lacksNamespaces()).each(memoryKinds)(
    'warns where a machine with swap can write the keyring out, and only there: $type, $options',
    async (kind) => {
      const { directory, wrapper } = swappingMachine(kind)
      const inputs = { 'signing-key': makeSigningKey('').armored, 'signing-directory': directory }
      const result = await site().pin(pins, inputs, { wrapper })
      expect(result.outputs['changed'], result.log).toBe('true')
      const told = /has swap[\s\S]*ramfs[\s\S]*noswap/
      const warnings = result.annotations.filter(({ message }) => told.test(message))
      expect(warnings.map(({ level }) => level)).toEqual(kind.swappable ? ['warning'] : [])
      expect(told.test(result.summary)).toBe(kind.swappable)
    },
  )
})
