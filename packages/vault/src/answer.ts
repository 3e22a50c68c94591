import { KnownError } from '@tierseal/errors'
import { isRecord, type JsonRecord, numberOf, recordOf, textOf, textsOf } from './json.ts'

/** An answer of Vault. */
export interface Answer {
  /** What Vault's audit log calls this request; empty where the answer has no body. */
  readonly requestId: string
  readonly data: JsonRecord | undefined
  readonly auth: JsonRecord | undefined
  readonly wrapInfo: JsonRecord | undefined
  /** When the request was sent that this answers, as Date.now(). */
  readonly askedAt: number
}

/** A token that Vault gave for a login. */
export interface Login {
  readonly requestId: string
  /** The one secret here: mask it before anything else. */
  readonly token: string
  readonly accessor: string
  /** Of the token and of the identity behind it. */
  readonly policies: readonly string[]
  readonly ttlSeconds: number
  readonly tokenType: string
  /** 0 means without limit. */
  readonly uses: number
}

/** An answer that Vault holds back behind a single-use token. */
export interface Wrapped {
  /** Mask it before anything else. */
  readonly token: string
  readonly accessor: string
  readonly creationPath: string
  /** Until when it can be opened at least, as Date.now() of this machine: its life begins when Vault makes it. */
  readonly expiresAt: number
}

/** The values of a secret and, in KV version 2, which version they are. */
export interface KvRead {
  readonly requestId: string
  readonly data: JsonRecord
  /** Undefined in KV version 1. */
  readonly version: number | undefined
}

/** @throws KnownError VAULT_PROTOCOL where the body is not an answer of Vault */
export function parseAnswer(body: unknown, askedAt: number): Answer {
  if (body === undefined || body === '') return { ...emptyAnswer, askedAt }
  if (!isRecord(body)) throw protocolError('the answer is not a JSON object')
  return {
    requestId: textOf(body, 'request_id') ?? '',
    data: recordOf(body, 'data'),
    auth: recordOf(body, 'auth'),
    wrapInfo: recordOf(body, 'wrap_info'),
    askedAt,
  }
}

/** @throws KnownError VAULT_PROTOCOL where the answer to a login holds no token */
export function parseLogin({ requestId, auth }: Answer): Login {
  const token = textOf(auth, 'client_token')
  if (token === undefined || token === '') throw protocolError('the login answer holds no token')
  return {
    requestId,
    token,
    accessor: textOf(auth, 'accessor') ?? '',
    policies: [...new Set([...textsOf(auth, 'policies'), ...textsOf(auth, 'identity_policies')])],
    ttlSeconds: numberOf(auth, 'lease_duration') ?? 0,
    tokenType: textOf(auth, 'token_type') ?? '',
    uses: numberOf(auth, 'num_uses') ?? 0,
  }
}

/** @throws KnownError VAULT_PROTOCOL where the answer is not wrapped, though that was asked */
export function parseWrapped({ wrapInfo, askedAt }: Answer): Wrapped {
  const token = textOf(wrapInfo, 'token')
  const ttlSeconds = numberOf(wrapInfo, 'ttl')
  if (token === undefined || token === '' || ttlSeconds === undefined) {
    throw protocolError('the answer is not wrapped')
  }
  return {
    token,
    accessor: textOf(wrapInfo, 'accessor') ?? '',
    creationPath: textOf(wrapInfo, 'creation_path') ?? '',
    expiresAt: askedAt + ttlSeconds * 1000,
  }
}

/** @throws KnownError VAULT_KV_VERSION where the shape is of the other engine */
export function parseKvRead({ requestId, data }: Answer, kvVersion: 1 | 2): KvRead {
  if (kvVersion === 1) return { requestId, data: data ?? {}, version: undefined }
  const values = recordOf(data, 'data')
  const metadata = recordOf(data, 'metadata')
  if (values === undefined || metadata === undefined) {
    throw new KnownError('VAULT_KV_VERSION', 'the answer has not the shape of KV version 2', {
      hint: 'Set kv-version to 1 if the engine at this mount is of version 1.',
    })
  }
  return { requestId, data: values, version: numberOf(metadata, 'version') }
}

export function protocolError(flaw: string): KnownError {
  return new KnownError('VAULT_PROTOCOL', `what answered is not a Vault: ${flaw}`, {
    hint: 'A login page or a proxy in between looks like this; check the address.',
  })
}

const emptyAnswer: Omit<Answer, 'askedAt'> = {
  requestId: '',
  data: undefined,
  auth: undefined,
  wrapInfo: undefined,
}
