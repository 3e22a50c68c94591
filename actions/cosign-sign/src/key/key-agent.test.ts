import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type KeyAgent, startKeyAgent } from './key-agent.ts'
import { localSigner } from './local-signer.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const message = Buffer.from('what cosign signs')
const digest = createHash('sha256').update(message).digest()

let directory: string
let agent: KeyAgent
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tierseal-agent-'))
  agent = await startKeyAgent(localSigner(privateKey), directory)
})
afterEach(async () => {
  await agent.close()
  rmSync(directory, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** Asks as cosign does (recorded from 2.6.5 and 3.1.3). */
function ask(method: string, path: string, body?: object, token = tokenOf(agent)): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socketPath = agent.environment['VAULT_ADDR']?.replace('unix://', '') ?? ''
    const outgoing = request({ socketPath, method, path, headers: { 'x-vault-token': token } })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.on('data', (chunk) => (text += chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode, body: text }))
    })
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function tokenOf({ environment }: KeyAgent): string {
  return environment['VAULT_TOKEN'] ?? ''
}

const signPath = '/v1/tierseal/sign/tier/sha2-256'
const signBody = { input: digest.toString('base64'), prehashed: true, key_version: '0' }

test('gives the public key', async () => {
  const { status, body } = await ask('GET', '/v1/tierseal/keys/tier')
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  expect(status).toBe(200)
  expect(JSON.parse(body).data.keys).toEqual({ 1: { public_key: pem } })
})

test('signs a digest with the key', async () => {
  const { status, body } = await ask('PUT', signPath, signBody)
  expect(status).toBe(200)
  const encoded = String(JSON.parse(body).data.signature).replace('vault:v1:', '')
  expect(verify('sha256', message, publicKey, Buffer.from(encoded, 'base64'))).toBe(true)
})

test('refuses whoever does not know the token of this run', async () => {
  expect((await ask('PUT', signPath, signBody, 'x'.repeat(48))).status).toBe(403)
  expect((await ask('PUT', signPath, signBody, '')).status).toBe(403)
  expect((await ask('GET', '/v1/tierseal/keys/tier', undefined, '')).status).toBe(403)
})

test('signs nothing but SHA-256 digests', async () => {
  expect((await ask('PUT', signPath, { ...signBody, prehashed: false })).status).toBe(500)
  expect((await ask('PUT', signPath, { ...signBody, input: 'AAAA' })).status).toBe(500)
  expect(agent.takeFailure()).toBeInstanceOf(Error)
  expect(agent.takeFailure()).toBeUndefined()
})

test('knows whether it is still waited for', async () => {
  const parts = mkdtempSync(join(tmpdir(), 'tierseal-slow-'))
  const { publicKey: own, close } = localSigner(privateKey)
  let release = (): void => undefined
  const held = new Promise<Buffer>((resolve) => {
    release = () => resolve(Buffer.alloc(8))
  })
  const slow = await startKeyAgent({ publicKey: own, sign: () => held, close }, parts)
  await agent.close()
  agent = slow
  expect(agent.isWaiting()).toBe(false)
  const asked = ask('PUT', signPath, signBody)
  await expect.poll(() => agent.isWaiting()).toBe(true)
  release()
  await asked
  expect(agent.isWaiting()).toBe(false)
  rmSync(parts, { recursive: true })
})

test('answers nothing else', async () => {
  expect((await ask('GET', '/v1/tierseal/export/signing-key/tier')).status).toBe(404)
})

test('has no key and no password in what cosign gets', () => {
  const told = JSON.stringify([agent.reference, agent.environment])
  expect(told).not.toContain(privateKey.export({ format: 'jwk' }).d)
  expect(Object.keys(agent.environment)).toEqual([
    'VAULT_ADDR',
    'VAULT_TOKEN',
    'TRANSIT_SECRET_ENGINE_PATH',
  ])
})

test('is gone when it is closed', async () => {
  const { reference } = agent
  await agent.close()
  await expect(ask('GET', '/v1/tierseal/keys/tier')).rejects.toThrow(/ENOENT|ECONNREFUSED/)
  expect(reference).toBe('hashivault://tier')
})
