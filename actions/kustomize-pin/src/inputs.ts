import { resolve } from 'node:path'
import {
  flag,
  type InputSpec,
  list,
  maskSecret,
  optional,
  readInputs,
  required,
  seconds,
  secret,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { type CertificateAuthority, loadCertificateAuthority } from '@tierseal/https'
import { type Origin, parseMessageValue } from './commit-message.ts'
import { isCommit } from './order/recorded-origin.ts'
import { demandDistinct, type Pin, parsePinLine } from './pin-line.ts'
import { basicHeader } from './repository/git-environment.ts'
import type { Person } from './repository/make-commit.ts'
import { type GitRemote, parseRepositoryUrl } from './repository/remote.ts'
import type { SigningKey } from './signing/keyring.ts'

/** How a pin reaches the branch. */
export type Mode = 'push' | 'pull-request'

/** The inputs of the step, proven together. */
export interface Inputs {
  readonly remote: Omit<GitRemote, 'caPath'>
  readonly gitCa: CertificateAuthority | undefined
  readonly branch: string
  readonly pins: readonly Pin[]
  readonly mode: Mode
  readonly attempts: number
  readonly origin: Origin
  /** Where the history of the source can be fetched, if anywhere. */
  readonly sourceRemote: Omit<GitRemote, 'caPath'> | undefined
  /** A checkout of the source, absolute. */
  readonly sourceCheckout: string | undefined
  readonly allowUnknownOrder: boolean
  readonly author: Person
  readonly signingKey: SigningKey | undefined
  readonly signingDirectory: string
  readonly gitPath: string | undefined
  readonly kustomizePath: string | undefined
  readonly gpgPath: string | undefined
  readonly timeoutMs: number
}

const specs = {
  repository: required('repository', (text) => text),
  plainHttp: flag('plain-http'),
  gitCa: optional('git-ca', loadCertificateAuthority),
  username: required('username', (text) => text),
  token: secret('token'),
  branch: required('branch', parseBranch),
  pins: list('pins', parsePinLine),
  mode: required('mode', parseMode),
  attempts: required('attempts', parseAttempts),
  sourceRepository: fromRunner('source-repository', 'GITHUB_REPOSITORY', parseMessageValue),
  sourceRevision: fromRunner('source-revision', 'GITHUB_SHA', parseRevision),
  sourceUrl: optional('source-url', (text) => text),
  sourceToken: secret('source-token'),
  runUrl: optional('run-url', parseMessageValue),
  sourceCheckout: fromRunner('source-checkout', 'GITHUB_WORKSPACE', (path) => resolve(path)),
  allowUnknownOrder: flag('allow-unknown-order'),
  rollback: flag('rollback'),
  rollbackReason: optional('rollback-reason', parseMessageValue),
  authorName: required('author-name', parsePersonPart),
  authorEmail: required('author-email', parsePersonPart),
  signingKey: secret('signing-key'),
  signingPassphrase: secret('signing-passphrase'),
  signingDirectory: required('signing-directory', (path) => resolve(path)),
  gitPath: optional('git-path', (text) => text),
  kustomizePath: optional('kustomize-path', (text) => text),
  gpgPath: optional('gpg-path', (text) => text),
  timeoutMs: seconds('timeout-seconds'),
}

/**
 * Reads the inputs; every problem is reported at once.
 *
 * @throws KnownError of the input codes
 */
export function readPinInputs(): Inputs {
  const { repository, plainHttp, username, token, sourceRepository, sourceRevision, ...read } =
    readInputs(specs)
  const {
    rollback,
    rollbackReason,
    authorName,
    authorEmail,
    pins,
    sourceUrl,
    sourceToken,
    ...rest
  } = read
  if (pins.length === 0) {
    throw new KnownError('INPUT_MISSING', 'input pins: it names nothing to pin', {
      hint: 'Give one line for each: overlay-directory image@sha256:<digest>.',
    })
  }
  demandDistinct(pins)
  demandReason(rollback, rollbackReason)
  return {
    ...rest,
    pins,
    remote: remoteOf('repository', repository, username, token, plainHttp),
    sourceRemote:
      sourceUrl === undefined
        ? undefined
        : remoteOf('source-url', sourceUrl, 'x-access-token', sourceToken, plainHttp),
    origin: { sourceRepository, sourceRevision, runUrl: rest.runUrl ?? runUrl(), rollbackReason },
    author: { name: authorName, email: authorEmail },
    signingKey: pairKey(rest.signingKey, rest.signingPassphrase),
  }
}

function remoteOf(
  input: string,
  address: string,
  username: string,
  token: string | undefined,
  plainHttp: boolean,
): Omit<GitRemote, 'caPath'> {
  if (token !== undefined) maskSecret(basicHeader(username, token).split(' ').at(-1) ?? '')
  return { url: parseRepositoryUrl(input, address, plainHttp), username, token }
}

// The runner's own answer where the workflow gives none.
function fromRunner<T>(
  name: string,
  variable: string,
  parse: (text: string) => T,
): InputSpec<T | undefined> {
  const given = optional(name, parse)
  return { name, read: (text) => given.read(text || process.env[variable] || '') }
}

function runUrl(): string | undefined {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: id,
  } = process.env
  if (!server || !repository || !id) return undefined
  return parseMessageValue(`${server}/${repository}/actions/runs/${id}`)
}

function pairKey(
  armored: string | undefined,
  passphrase: string | undefined,
): SigningKey | undefined {
  return armored === undefined ? undefined : { armored, passphrase }
}

function demandReason(rollback: boolean, reason: string | undefined): void {
  if (rollback === (reason !== undefined)) return
  const flaw = rollback
    ? 'rollback: true needs a rollback-reason'
    : 'rollback-reason without rollback: true'
  throw new KnownError('INPUT_INVALID', flaw, {
    hint: 'A rollback puts an older image over a newer one on purpose; the commit says why.',
  })
}

// A subset of git check-ref-format that no option and no refspec can hide in.
function parseBranch(text: string): string {
  const flawed = /\.\.|\/\/|@\{|\.lock(?:\/|$)|(?:^|\/)\.|[./]$/.test(text)
  if (/^[A-Za-z0-9_][A-Za-z0-9_./+@#-]*$/.test(text) && !flawed) return text
  throw new Error(`${JSON.stringify(text)} is not the name of a branch (without refs/heads/)`)
}

function parseMode(text: string): Mode {
  if (text === 'push' || text === 'pull-request') return text
  throw new Error(`${JSON.stringify(text)} is neither push nor pull-request`)
}

function parseAttempts(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text)
  throw new Error(`${JSON.stringify(text)} is not a whole number from 1 to 999`)
}

function parseRevision(text: string): string {
  if (isCommit(text)) return text
  throw new Error(`${JSON.stringify(text)} is not the full name of a commit (40 or 64 hex digits)`)
}

// These three would end a field of the commit's header.
function parsePersonPart(text: string): string {
  if (!/[<>]/.test(text)) return parseMessageValue(text)
  throw new KnownError('PIN_MESSAGE_INVALID', `${JSON.stringify(text)} holds < or >`)
}
