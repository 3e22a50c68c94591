import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { log, maskSecret } from '@tierseal/action-kit'
import { messageOf } from '@tierseal/errors'
import { isRecord, tryJson } from '@tierseal/json'
import type { Signer } from './signer.ts'

/** The key as cosign is told of it. */
export interface KeyAgent {
  /** For --key. */
  readonly reference: string
  /** For the environment of cosign. No key is in it: with the agent gone it is of no use. */
  readonly environment: Readonly<Record<string, string>>
  /** Why a signature that was asked for since the last call was not made. */
  takeFailure(): unknown
  /** Whether a signature that was asked for is not made yet: Vault does not answer. */
  isWaiting(): boolean
  close(): Promise<void>
}

const mount = 'tierseal'
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
  let failure: unknown
  let waiting = 0
  const sign: Signer['sign'] = async (digest) => {
    waiting += 1
    try {
      return await signer.sign(digest)
    } finally {
      waiting -= 1
    }
  }
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => {
    answer(request, response, { ...signer, sign }, token).catch((error: unknown) => {
      failure = error
      log.debug(`key agent: ${messageOf(error)}`)
      reply(response, 500, { errors: ['the key agent could not sign'] })
    })
  })
  const socket = join(directory, 'agent')
  await listen(server, socket)
  return {
    reference: `hashivault://${keyName}`,
    environment: {
      VAULT_ADDR: `unix://${socket}`,
      VAULT_TOKEN: token,
      TRANSIT_SECRET_ENGINE_PATH: mount,
    },
    takeFailure: () => {
      const taken = failure
      failure = undefined
      return taken
    },
    isWaiting: () => waiting > 0,
    close: () => closeServer(server),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  signer: Signer,
  token: string,
): Promise<void> {
  if (!isToken(request.headers['x-vault-token'], token)) {
    reply(response, 403, { errors: ['permission denied'] })
  } else if (request.method === 'GET' && request.url === `/v1/${mount}/keys/${keyName}`) {
    const keys = { 1: { public_key: signer.publicKey.pem } }
    reply(response, 200, { data: { type: 'ecdsa-p256', latest_version: 1, keys } })
  } else if (request.url === `/v1/${mount}/sign/${keyName}/sha2-256`) {
    const signature = await signer.sign(await readDigest(request))
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
