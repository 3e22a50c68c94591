import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ActionResult,
  findSecrets,
  runAction,
  runPost,
  startAction,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign as a runner runs it:', () => {
  let site: SignSite
  beforeAll(async () => {
    site = await startSignSite()
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  describe.each([20, 24] as const)('on Node %i', (node) => {
    it('signs, and writes every output and the job summary', async () => {
      const image = await site.push()
      const result = await site.sign({ image }, { node })
      expect(result.exitCode).toBe(0)
      expect(result.outputs).toEqual({
        signature: expect.stringMatching(
          `^${site.registry.host}/dev/payments@sha256:[0-9a-f]{64}$`,
        ),
        'verify-command': expect.stringMatching(/^TIER_PUBLIC_KEY=".*" cosign verify [^\n]*$/),
        signed: image,
        skipped: '',
        fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        format: 'bundle',
      })
      expect(result.log).toContain('format bundle, since the input is empty and cosign is v3.1.3')
      expect(result.summary).toContain(`| Signed | \`${image} → ${result.outputs['signature']}\` |`)
      expect(result.summary).toContain(result.outputs['verify-command'])
      expect(result.log).toContain(`Verify with: ${result.outputs['verify-command']}\n`)
      expect(result.log).toContain(
        `Fingerprint of the public key: ${result.outputs['fingerprint']}`,
      )
      expect((await runPost(result)).exitCode).toBe(0)
    })
  })

  describe('what is refused before the key is opened', () => {
    it.each([
      ['a tag', 'dev/payments:v1', 'REFERENCE_IS_TAG'],
      ['an empty digest', 'dev/payments@', 'DIGEST_EMPTY'],
      [
        'a digest that the registry does not hold',
        `dev/payments@sha256:${'0'.repeat(64)}`,
        'SIGN_IMAGE_ABSENT',
      ],
    ])('%s', async (_, name, code) => {
      const result = await site.sign({ image: `${site.registry.host}/${name}` })
      expect([result.exitCode, result.log.includes(`::error::${code}: `)]).toEqual([1, true])
    })

    it('an empty image, as a stopped build leaves it', async () => {
      expect((await site.sign({ image: '' })).log).toContain('::error::SIGN_NO_IMAGE: ')
    })

    it('a CA that is not one, which cosign would ignore', async () => {
      const path = join(temporaryDirectory('ca'), 'ca.pem')
      writeFileSync(path, site.keys.dev.publicKey)
      const result = await site.sign({ image: await site.push(), 'registry-ca': path })
      expect(result.log).toContain('::error::CA_INVALID: ')
    })

    it('a registry whose CA was not given, and wrong credentials', async () => {
      const image = await site.push()
      const untrusted = await site.sign({ image, 'registry-ca': '' })
      expect(untrusted.log).toContain('::error::TLS_UNTRUSTED: ')
      const wrong = await site.sign({ image, 'registry-password': 'wrong' })
      expect(wrong.log).toContain('::error::REGISTRY_UNAUTHORIZED: ')
    })

    it('plain HTTP at a registry with TLS; that it was asked for stands in the log', async () => {
      const image = await site.push()
      const result = await site.sign({ image, 'plain-http': 'true' })
      expect(result.exitCode).toBe(1)
      expect(result.log).toMatch(/::warning::plain-http is set/)
    })

    it('no cosign, another program, and a version that publishes to the public log', async () => {
      const image = await site.push()
      const missing = await site.sign({ image, 'cosign-path': '/nowhere/cosign' })
      expect(missing.log).toContain('::error::TOOL_MISSING: ')
      const old = join(temporaryDirectory('cosign'), 'cosign')
      writeFileSync(old, `#!/bin/sh\necho '{"gitVersion":"v3.0.2"}'\n`, { mode: 0o755 })
      const refused = await site.sign({ image, 'cosign-path': old })
      expect(refused.log).toMatch(/::error::TOOL_VERSION: cosign is v3\.0\.2: it publishes to/)
    })
  })

  describe('what lies about on the runner', () => {
    it('does not reach cosign: its own variables, a home, a docker configuration, proxies', async () => {
      const image = await site.push()
      const env = {
        COSIGN_UPLOAD: 'false',
        COSIGN_REPOSITORY: `${site.registry.host}/elsewhere`,
        COSIGN_KEY: '/nowhere/cosign.key',
        COSIGN_PASSWORD: 'other',
        COSIGN_TLOG_UPLOAD: 'true',
        COSIGN_EXPERIMENTAL: '1',
        SIGSTORE_ROOT_FILE: '/nowhere',
        TUF_ROOT: '/nowhere',
        VAULT_ADDR: 'http://127.0.0.1:1',
        VAULT_TOKEN: 'other',
        DOCKER_CONFIG: '/nowhere',
        HTTPS_PROXY: 'http://127.0.0.1:1',
        SSL_CERT_FILE: '/nowhere',
      }
      const result = await site.sign({ image }, { env })
      expect(result.outputs['signed']).toBe(image)
      expect(result.outputs['signature']).toContain(`${site.registry.host}/dev/payments@`)
    })

    it('is not read for credentials, but a docker config.json that is named is', async () => {
      const { dockerConfigDirectory } = site.registry
      const none = { 'registry-username': '', 'registry-password': '' }
      const image = await site.push()
      const without = await site.sign(
        { image, ...none },
        { env: { DOCKER_CONFIG: dockerConfigDirectory } },
      )
      expect(without.log).toContain('::error::REGISTRY_UNAUTHORIZED: ')
      const named = await site.sign({ image, ...none, 'docker-config': dockerConfigDirectory })
      expect(named.outputs['signed']).toBe(image)
    })
  })

  describe('cosign while it runs', () => {
    it('has neither the key nor its password in its environment or arguments', async () => {
      const seen = join(temporaryDirectory('spy'), 'seen')
      const spy = join(temporaryDirectory('spy'), 'cosign')
      const script = `#!/bin/sh\n{ env; echo "$@"; } >> ${seen}\nexec ${toolPath('cosign3')} "$@"\n`
      writeFileSync(spy, script, { mode: 0o755 })
      const image = await site.push()
      expect((await site.sign({ image, 'cosign-path': spy })).outputs['signed']).toBe(image)
      const { privateKey, password } = site.keys.dev
      expect(findSecrets(join(seen, '..'), { privateKey, password })).toEqual([])
    })

    it('never waits at a prompt: stdin is closed', async () => {
      const asking = join(temporaryDirectory('asking'), 'cosign')
      const script = `#!/bin/sh\n[ "$1" = version ] && { echo '{"gitVersion":"v3.1.3"}'; exit; }\nread answer || { echo 'Error: inappropriate ioctl for device' >&2; exit 1; }\n`
      writeFileSync(asking, script, { mode: 0o755 })
      const result = await site.sign({ image: await site.push(), 'cosign-path': asking })
      expect(result.log).toContain('::error::SIGN_PROMPT: ')
    })

    it('that hangs is killed with its children at the deadline', async () => {
      const directory = temporaryDirectory('hanging')
      const script = `#!/bin/sh\n[ "$1" = version ] && { echo '{"gitVersion":"v3.1.3"}'; exit; }\nsleep 300 & echo $! > ${directory}/child; wait\n`
      writeFileSync(join(directory, 'cosign'), script, { mode: 0o755 })
      const inputs = { 'cosign-path': join(directory, 'cosign'), 'timeout-seconds': '3' }
      const result = await site.sign({ image: await site.push(), ...inputs })
      expect(result.log).toContain('::error::TOOL_TIMEOUT: cosign sign did not end within')
      expect(isAlive(Number(readText(join(directory, 'child'))))).toBe(false)
    })

    it('cannot sign once the step was killed, and post removes what is left', async () => {
      const directory = temporaryDirectory('late')
      const script = `#!/bin/sh\n[ "$1" = version ] && { echo '{"gitVersion":"v3.1.3"}'; exit; }\ntouch ${directory}/started; sleep 2; ${toolPath('cosign3')} "$@" 2> ${directory}/said; echo $? > ${directory}/code\n`
      writeFileSync(join(directory, 'cosign'), script, { mode: 0o755 })
      const image = await site.push()
      const step = site.inputsFor({ image, 'cosign-path': join(directory, 'cosign') })
      const running = startAction('cosign-sign', step)
      await until(() => existsSync(join(directory, 'started')))
      running.kill()
      const killed = await running.result
      await until(() => existsSync(join(directory, 'code')))
      expect(readText(join(directory, 'code')).trim()).toBe('1')
      expect((await runPost(killed)).exitCode).toBe(0)
      expect(readdirSync(killed.runnerTemp)).toEqual([])
      expect(findKey(killed)).toEqual([])
      expect((await site.sign({ image })).outputs['skipped']).toBe('')
    })
  })

  describe('post', () => {
    it('ends well where main never came to anything', async () => {
      const failed = await runAction('cosign-sign', { inputs: {} })
      expect(failed.log).toMatch(/::error::INPUT_/)
      expect((await runPost(failed)).exitCode).toBe(0)
    })
  })

  function findKey(result: ActionResult): unknown {
    const { privateKey, password } = site.keys.dev
    return findSecrets(result.runnerTemp, { privateKey, password })
  }

  function readText(path: string): string {
    return readFileSync(path, 'utf8')
  }

  // A killed orphan may stay as a zombie where PID 1 is no init.
  function isAlive(pid: number): boolean {
    return existsSync(`/proc/${pid}`) && !readText(`/proc/${pid}/stat`).includes(') Z ')
  }

  async function until(happened: () => boolean): Promise<void> {
    while (!happened()) await sleep(50)
  }
})
