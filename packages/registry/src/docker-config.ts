import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import { isRecord, type JsonRecord, tryJson } from '@tierseal/json'
import type { Credentials } from './credentials.ts'
import { stringField } from './json.ts'

/** Where kaniko images keep their credentials, and so where sites mount them. */
const defaultPlace = '/kaniko/.docker/config.json'

/** An entry of auths as `docker login` writes it for registries that give a token instead of taking a password. */
export interface IdentityEntry {
  /** Base64 of the user name and a colon. */
  readonly auth?: string
  readonly identitytoken: string
}

/** A docker config.json, read and proven to be one. */
export class DockerConfig {
  readonly path: string
  readonly #content: JsonRecord

  constructor(path: string, content: JsonRecord) {
    this.path = path
    this.#content = content
  }

  /** Every host that the file says something about, without scheme and path. */
  get hosts(): readonly string[] {
    const keys = [
      ...Object.keys(this.#section('auths')),
      ...Object.keys(this.#section('credHelpers')),
    ]
    return [...new Set(keys.map(hostOf))]
  }

  /**
   * The credentials of one host.
   *
   * @param host `host[:port]`; a key without the port is another host, as for every client
   * @throws KnownError DOCKER_CONFIG_INVALID where the entry is there and unreadable
   */
  credentialsOf(host: string): Credentials | undefined {
    const [key, entry] = this.#entryOf(host)
    if (key === undefined || !isRecord(entry)) return undefined
    return this.#read(key, entry)
  }

  /** An entry with an identity token, for clients that can use one; both of its texts are secret. */
  identityOf(host: string): IdentityEntry | undefined {
    const [, entry] = this.#entryOf(host)
    if (!isRecord(entry)) return undefined
    const identitytoken = stringField(entry, 'identitytoken')
    const auth = stringField(entry, 'auth')
    if (identitytoken === undefined) return undefined
    return auth === undefined ? { identitytoken } : { auth, identitytoken }
  }

  /** The credential helper responsible for a host, as X in `docker-credential-X`. */
  helperOf(host: string): string | undefined {
    return (
      stringField(this.#section('credHelpers'), host) ?? stringField(this.#content, 'credsStore')
    )
  }

  #entryOf(host: string): readonly [string, unknown] | readonly [] {
    const auths = Object.entries(this.#section('auths'))
    return (
      auths.find(([name]) => name === host) ?? auths.find(([name]) => hostOf(name) === host) ?? []
    )
  }

  #read(key: string, entry: JsonRecord): Credentials | undefined {
    const username = stringField(entry, 'username')
    const password = stringField(entry, 'password')
    if (username !== undefined && password !== undefined) return { username, password }
    const auth = stringField(entry, 'auth')
    const pair = auth === undefined ? undefined : decodeAuth(this.path, key, auth)
    const hasToken = stringField(entry, 'identitytoken') !== undefined
    // Beside a token docker writes the user name alone: `user:` is no empty password.
    if (!hasToken || (pair !== undefined && pair.password !== '')) return pair
    throw new KnownError(
      'DOCKER_CONFIG_INVALID',
      `${this.path}: the entry ${key} holds an identity token, which is not supported`,
      { hint: 'Give a robot account: its user name and password.' },
    )
  }

  #section(name: string): JsonRecord {
    const value = this.#content[name]
    return isRecord(value) ? value : {}
  }
}

/**
 * Reads a config.json.
 *
 * @param place the file or its folder; without it kaniko's own place, where absence is no error
 * @throws KnownError DOCKER_CONFIG_INVALID, never quoting the content
 */
export function readDockerConfig(place: string | undefined): DockerConfig | undefined {
  if (place === undefined && !existsSync(defaultPlace)) return undefined
  if (place !== undefined && isContent(place)) throw contentGiven()
  const path = fileOf(place ?? defaultPlace)
  const content = parse(path, readText(path))
  if (isRecord(content)) return new DockerConfig(path, content)
  throw invalid(path, 'it is not a JSON object')
}

// As it is, or in base64, as a secret of Kubernetes holds it. A file system would quote it as a path that is not there.
function isContent(place: string): boolean {
  return place.trimStart().startsWith('{') || isRecord(tryJson(Buffer.from(place, 'base64')))
}

function contentGiven(): KnownError {
  return new KnownError(
    'DOCKER_CONFIG_INVALID',
    'docker-config holds the text of a config.json, expected its path',
    { hint: 'Mount it as a file, and give the path.' },
  )
}

function fileOf(place: string): string {
  try {
    return statSync(place).isDirectory() ? join(place, 'config.json') : place
  } catch (error) {
    throw invalid(place, messageOf(error), error)
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(path, messageOf(error), error)
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text around the flaw, which may be a password.
    throw invalid(path, text.trim() === '' ? 'it is empty' : 'it is not JSON')
  }
}

function decodeAuth(path: string, key: string, auth: string): Credentials {
  const canonical = /^[A-Za-z0-9+/]+={0,2}$/.test(auth)
  const text = canonical ? Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '') : ''
  const colon = text.indexOf(':')
  if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) }
  throw invalid(path, `auth of the entry ${key} is not the base64 of user:password`)
}

// Docker writes `https://host/v1/` for some registries and `host:port` for others.
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function invalid(path: string, flaw: string, cause?: unknown): KnownError {
  return new KnownError('DOCKER_CONFIG_INVALID', `docker config ${path}: ${flaw}`, {
    hint: 'Give a config.json, or the folder that holds it, with auths entries keyed host:port.',
    cause,
  })
}
