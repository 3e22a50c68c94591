import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { log, maskSecret } from '@tierseal/action-kit'
import { messageOf } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'
import { KeyCall } from './key-call.ts'
import type { Signer } from './signer.ts'

/** The key as cosign is told of it. */
export interface KeyAgent {
  /** Lets one call of cosign sign; the next one gets another pass. */
  open(): KeyPass
  close(): Promise<void>
}

/** What one call of cosign signs with. */
export interface KeyPass {
  /** For --key. */
  readonly reference: string
  /** For the environment of cosign. No key is in it: with the agent gone it is of no use. */
  readonly environment: Readonly<Record<string, string>>
  /** What became of the signatures that were asked for with this pass. */
  readonly call: Pick<KeyCall, 'failure' | 'isWaiting'>
  /** Ends the pass: a cosign that outlives its call cannot sign. */
  close(): void
}

const keyName = 'tier'

/**
 * Lets cosign sign with a key that it never sees: a socket in a folder of ours, which speaks the two
 * requests of Vault's transit engine that cosign makes (facts: vault.md 3). So the key is decrypted
 * once for any number of images, is in no environment and no file, and cannot be used by a cosign that
 * outlives this process (docs/decisions/0040-key-agent.md).
 *
 * @param directory a folder of mode 0700, with a path short enough for a socket
 */
export async function startKeyAgent(signer: Signer, directory: string): Promise<KeyAgent> {
  const token = randomBytes(24).toString('hex')
  maskSecret(token)
  const calls = new Map<string, KeyCall>()
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => {
    answer(request, response, { token, calls, signer }).catch((error: unknown) => {
      log.debug(`key agent: ${messageOf(error)}`)
      reply(response, 500, { errors: ['the key agent could not sign'] })
    })
  })
  const socket = join(directory, 'agent')
  await listen(server, socket)
  const environment = { VAULT_ADDR: `unix://${socket}`, VAULT_TOKEN: token }
  let opened = 0
  return {
    open: () => openPass(calls, `tierseal-${++opened}`, environment),
    close: () => closeServer(server),
  }
}

// The place of the engine tells the calls apart: the token is one secret of the run, masked once.
function openPass(
  calls: Map<string, KeyCall>,
  mount: string,
  environment: Readonly<Record<string, string>>,
): KeyPass {
  const call = new KeyCall()
  calls.set(mount, call)
  return {
    reference: `hashivault://${keyName}`,
    environment: { ...environment, TRANSIT_SECRET_ENGINE_PATH: mount },
    call,
    close: () => void calls.delete(mount),
  }
}

/** Whom the agent answers, and with what. */
interface Served {
  readonly token: string
  /** By the mount of the pass. */
  readonly calls: ReadonlyMap<string, KeyCall>
  readonly signer: Signer
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, calls, signer }: Served,
): Promise<void> {
  const [, mount = '', path] = /^\/v1\/([^/]+)\/(.+)$/.exec(request.url ?? '') ?? []
  const call = calls.get(mount)
  if (!isToken(request.headers['x-vault-token'], token)) {
    reply(response, 403, { errors: ['permission denied'] })
  } else if (call !== undefined && request.method === 'GET' && path === `keys/${keyName}`) {
    const keys = { 1: { public_key: signer.publicKey.pem } }
    reply(response, 200, { data: { type: 'ecdsa-p256', latest_version: 1, keys } })
  } else if (call !== undefined && path === `sign/${keyName}/sha2-256`) {
    const signature = await call.follow(async () => signer.sign(await readDigest(request)))
    reply(response, 200, { data: { signature: `vault:v1:${signature.toString('base64')}` } })
  } else {
    reply(response, 404, { errors: [] })
  }
}

async function readDigest(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = tryJson(Buffer.concat(chunks))
  const input = isRecord(body) && body['prehashed'] === true ? body['input'] : undefined
  const digest = Buffer.from(typeof input === 'string' ? input : '', 'base64')
  if (digest.length === 32) return digest
  throw new Error('cosign asked for a signature of something else than a SHA-256 digest')
}

function isToken(given: string | readonly string[] | undefined, token: string): boolean {
  const bytes = Buffer.from(typeof given === 'string' ? given : '')
  const expected = Buffer.from(token)
  return bytes.length === expected.length && timingSafeEqual(bytes, expected)
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
