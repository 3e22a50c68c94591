import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type KeyAgent, type KeyPass, startKeyAgent } from './key-agent.ts'
import { localSigner } from './local-signer.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const message = Buffer.from('what cosign signs')
const digest = createHash('sha256').update(message).digest()

let directory: string
let agent: KeyAgent
let pass: KeyPass
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tierseal-agent-'))
  agent = await startKeyAgent(localSigner(privateKey), directory)
  pass = agent.open()
})
afterEach(async () => {
  await agent.close()
  rmSync(directory, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

interface Asking {
  readonly with?: KeyPass
  readonly token?: string
}

/** Asks as cosign does (recorded from 2.6.5 and 3.1.3). */
function ask(
  method: string,
  what: string,
  body?: object,
  { with: { environment } = pass, token = environment['VAULT_TOKEN'] ?? '' }: Asking = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socketPath = environment['VAULT_ADDR']?.replace('unix://', '') ?? ''
    const path = `/v1/${environment['TRANSIT_SECRET_ENGINE_PATH']}/${what}`
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

const signPath = 'sign/tier/sha2-256'
const signBody = { input: digest.toString('base64'), prehashed: true, key_version: '0' }

test('gives the public key', async () => {
  const { status, body } = await ask('GET', 'keys/tier')
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
  expect((await ask('PUT', signPath, signBody, { token: 'x'.repeat(48) })).status).toBe(403)
  expect((await ask('PUT', signPath, signBody, { token: '' })).status).toBe(403)
  expect((await ask('GET', 'keys/tier', undefined, { token: '' })).status).toBe(403)
})

test('signs nothing but SHA-256 digests', async () => {
  expect((await ask('PUT', signPath, { ...signBody, prehashed: false })).status).toBe(500)
  expect((await ask('PUT', signPath, { ...signBody, input: 'AAAA' })).status).toBe(500)
  expect(pass.call.failure).toBeInstanceOf(Error)
})

test('tells each of several calls at once why its own signature was not made', async () => {
  const passes = [pass, agent.open(), agent.open()]
  const [first, second] = passes
  await Promise.all(
    [first, second].map((each) => ask('PUT', signPath, { input: 'AAAA' }, { with: each ?? pass })),
  )
  expect(passes.map(({ call }) => call.failure instanceof Error)).toEqual([true, true, false])
})

test('knows of no failure once the signature was made at a second attempt', async () => {
  await ask('PUT', signPath, { input: 'AAAA' })
  await ask('PUT', signPath, signBody)
  expect(pass.call.failure).toBeUndefined()
})

test('signs nothing for a cosign whose call is over', async () => {
  pass.close()
  expect((await ask('PUT', signPath, signBody)).status).toBe(404)
  expect((await ask('PUT', signPath, signBody, { with: agent.open() })).status).toBe(200)
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
  pass = agent.open()
  const other = agent.open()
  const asked = ask('PUT', signPath, signBody)
  await expect.poll(() => pass.call.isWaiting).toBe(true)
  expect(other.call.isWaiting).toBe(false)
  release()
  await asked
  expect(pass.call.isWaiting).toBe(false)
  rmSync(parts, { recursive: true })
})

test('answers nothing else', async () => {
  expect((await ask('GET', 'export/signing-key/tier')).status).toBe(404)
})

test('has no key and no password in what cosign gets', () => {
  const told = JSON.stringify([pass.reference, pass.environment])
  expect(told).not.toContain(privateKey.export({ format: 'jwk' }).d)
  expect(Object.keys(pass.environment)).toEqual([
    'VAULT_ADDR',
    'VAULT_TOKEN',
    'TRANSIT_SECRET_ENGINE_PATH',
  ])
})

test('is gone when it is closed', async () => {
  await agent.close()
  await expect(ask('GET', 'keys/tier')).rejects.toThrow(/ENOENT|ECONNREFUSED/)
  expect(pass.reference).toBe('hashivault://tier')
})
