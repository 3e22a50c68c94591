import { KnownError } from '@tierseal/errors'
import { isRecord, type JsonRecord } from './json.ts'

/** Where the Vault of a handle is, as both steps of the job see it. */
export interface HandleServer {
  /** `https://host:port`, without a path. */
  readonly address: string
  /** Empty where the server has no namespaces. */
  readonly namespace: string
  /** A path or PEM text, as loadCertificateAuthority takes it; empty means Node's own roots. */
  readonly ca: string
}

/** An answer that Vault holds back behind a single-use token. */
export interface HeldBack extends HandleServer {
  /** The wrapping token: the one sensitive value of the handle. */
  readonly token: string
  /** Where the wrapped answer must come from; a token wrapped by somebody else says another path. */
  readonly creationPath: string
  /**
   * Until when it can be opened, as Date.now(). The clock is that of the runner, which both steps run on: Vault's own
   * is not asked.
   */
  readonly expiresAt: number
}

/** A read of the key that is held back. */
export interface WrappedHandle extends HeldBack {
  readonly kind: 'wrapped'
  readonly fields: KeyFields
}

/** A login that is held back, for a key that never leaves Vault. */
export interface TransitHandle extends HeldBack {
  readonly kind: 'transit'
  readonly mount: string
  readonly key: string
  /** Undefined means the latest version. */
  readonly keyVersion: number | undefined
  /** The policies that the login may carry; empty means no check by name. */
  readonly expectedPolicies: readonly string[]
  /** Names of keys of other tiers in the same engine, with which it may do nothing. */
  readonly siblings: readonly string[]
  /** Other paths of the API on which it may do nothing. */
  readonly denied: readonly string[]
}

/** The key in a file on a tmpfs. */
export interface FileHandle {
  readonly kind: 'file'
  /** The encrypted private key, mode 0600. */
  readonly path: string
  /** The file beside it that holds the key's password, mode 0600; it may be empty. */
  readonly passwordPath: string
}

/** The names of the values inside the secret. */
export interface KeyFields {
  readonly privateKey: string
  readonly password: string
}

/** What vault-fetch-key hands to cosign-sign. */
export type KeyHandle = WrappedHandle | TransitHandle | FileHandle

const prefix = 'tierseal:v1:'

/** The handle as one line for an output. It holds the token: mask the line and the token first. */
export function encodeHandle(handle: KeyHandle): string {
  return prefix + Buffer.from(JSON.stringify(handle)).toString('base64url')
}

/** Whether a text claims to be a handle, of any version. */
export function looksLikeHandle(text: string): boolean {
  return text.startsWith('tierseal:')
}

/**
 * Reads a handle. Nothing of the text is quoted in an error: it may hold a token.
 *
 * @throws KnownError HANDLE_INVALID for another version, an unknown kind, or a missing value
 */
export function parseHandle(text: string): KeyHandle {
  const json = decode(text)
  switch (json['kind']) {
    case 'wrapped':
      return parseWrapped(json)
    case 'transit':
      return parseTransit(json)
    case 'file':
      return {
        kind: 'file',
        path: filledText(json, 'path'),
        passwordPath: filledText(json, 'passwordPath'),
      }
    default:
      throw invalid('its kind is none of wrapped, transit, file')
  }
}

function parseWrapped(json: JsonRecord): WrappedHandle {
  const fields = json['fields']
  if (!isRecord(fields)) throw invalid('it has no fields')
  return {
    kind: 'wrapped',
    ...parseHeldBack(json),
    fields: {
      privateKey: filledText(fields, 'privateKey'),
      password: filledText(fields, 'password'),
    },
  }
}

function parseTransit(json: JsonRecord): TransitHandle {
  const keyVersion = json['keyVersion']
  if (keyVersion !== undefined && !Number.isSafeInteger(keyVersion)) {
    throw invalid('its keyVersion is not a number')
  }
  return {
    kind: 'transit',
    ...parseHeldBack(json),
    mount: filledText(json, 'mount'),
    key: filledText(json, 'key'),
    keyVersion: typeof keyVersion === 'number' ? keyVersion : undefined,
    expectedPolicies: texts(json, 'expectedPolicies'),
    siblings: texts(json, 'siblings'),
    denied: texts(json, 'denied'),
  }
}

function parseHeldBack(json: JsonRecord): HeldBack {
  const expiresAt = json['expiresAt']
  // Without it, a handle that was too old would look like one that somebody opened.
  if (typeof expiresAt !== 'number') throw invalid('it does not say until when it can be opened')
  return {
    address: filledText(json, 'address'),
    namespace: anyText(json, 'namespace'),
    ca: anyText(json, 'ca'),
    token: filledText(json, 'token'),
    creationPath: filledText(json, 'creationPath'),
    expiresAt,
  }
}

function decode(text: string): JsonRecord {
  if (!looksLikeHandle(text)) throw invalid('it does not start with tierseal:')
  if (!text.startsWith(prefix)) throw invalid('it is of a version that is not known here')
  try {
    const json: unknown = JSON.parse(
      Buffer.from(text.slice(prefix.length), 'base64url').toString('utf8'),
    )
    if (isRecord(json)) return json
  } catch {
    // A JSON error quotes what it could not read, and that may be part of a token.
  }
  throw invalid('it is damaged or cut short')
}

function filledText(json: JsonRecord, name: string): string {
  const value = anyText(json, name)
  if (value !== '') return value
  throw invalid(`its ${name} is empty`)
}

// What is to be checked and is not named would go unchecked.
function texts(json: JsonRecord, name: string): readonly string[] {
  const values = json[name]
  if (!Array.isArray(values)) throw invalid(`it has no ${name}`)
  return values.map((value) => {
    if (typeof value === 'string' && value !== '') return value
    throw invalid(`its ${name} are not all texts`)
  })
}

function anyText(json: JsonRecord, name: string): string {
  const value = json[name]
  if (typeof value === 'string') return value
  throw invalid(`it has no ${name}`)
}

function invalid(flaw: string): KnownError {
  return new KnownError('HANDLE_INVALID', `the key handle cannot be used: ${flaw}`, {
    hint: 'Pass the output `key` of vault-fetch-key unchanged, from a step of the same release.',
  })
}
