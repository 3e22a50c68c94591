import { resolve } from 'node:path'
import {
  asText,
  flag,
  type InputValues,
  list,
  optional,
  readInputs,
  required,
  seconds,
  secret,
} from '@tierseal/action-kit'
import { type CertificateAuthority, loadCertificateAuthority } from '@tierseal/https'
import { type Origin, parseMessageValue, parsePersonPart } from './commit-message.ts'
import { fromRunner, runUrl, variable } from './from-runner.ts'
import { joints, type RemoteInputs } from './input-joints.ts'
import { parseRevision } from './order/recorded-origin.ts'
import { type Pin, parsePinLine } from './pin-line.ts'
import { parseBranch } from './repository/branch-name.ts'
import type { Person } from './repository/make-commit.ts'
import type { SigningKey } from './signing/keyring.ts'

/** How a pin reaches the branch. */
export type Mode = 'push' | 'pull-request'

/** The inputs of the step, proven together. */
export interface Inputs {
  readonly remote: RemoteInputs
  readonly gitCa: CertificateAuthority | undefined
  readonly branch: string
  readonly pins: readonly Pin[]
  readonly mode: Mode
  readonly attempts: number
  readonly origin: Origin
  /** Where the history of the source can be fetched, if anywhere. */
  readonly sourceRemote: RemoteInputs | undefined
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

const absolute = (path: string): string => resolve(path)

const specs = {
  repository: required('repository', asText),
  plainHttp: flag('plain-http'),
  gitCa: optional('git-ca', loadCertificateAuthority),
  username: required('username', asText),
  token: secret('token'),
  branch: required('branch', parseBranch),
  pins: required('pins', list('pins', parsePinLine).read),
  mode: required('mode', parseMode),
  attempts: required('attempts', parseAttempts),
  sourceRepository: fromRunner(
    'source-repository',
    variable('GITHUB_REPOSITORY'),
    parseMessageValue,
  ),
  sourceRevision: fromRunner('source-revision', variable('GITHUB_SHA'), parseRevision),
  sourceUrl: optional('source-url', asText),
  sourceToken: secret('source-token'),
  runUrl: fromRunner('run-url', runUrl, parseMessageValue),
  sourceCheckout: fromRunner('source-checkout', variable('GITHUB_WORKSPACE'), absolute),
  allowUnknownOrder: flag('allow-unknown-order'),
  rollback: flag('rollback'),
  rollbackReason: optional('rollback-reason', parseMessageValue),
  authorName: required('author-name', parsePersonPart),
  authorEmail: required('author-email', parsePersonPart),
  armoredKey: secret('signing-key'),
  passphrase: secret('signing-passphrase'),
  signingDirectory: required('signing-directory', absolute),
  gitPath: optional('git-path', asText),
  kustomizePath: optional('kustomize-path', asText),
  gpgPath: optional('gpg-path', asText),
  timeoutMs: seconds('timeout-seconds'),
}

/** The inputs, each proven alone. */
export type Specified = InputValues<typeof specs>

/**
 * Reads the inputs; every problem is reported at once.
 *
 * @throws KnownError of the input codes
 */
export function readPinInputs(): Inputs {
  const { sourceRepository, sourceRevision, rollbackReason, authorName, authorEmail, ...read } =
    readInputs(specs, joints)
  return {
    ...read,
    origin: { sourceRepository, sourceRevision, runUrl: read.runUrl, rollbackReason },
    author: { name: authorName, email: authorEmail },
  }
}

function parseMode(value: string): Mode {
  if (value === 'push' || value === 'pull-request') return value
  throw new Error(`${JSON.stringify(value)} is neither push nor pull-request`)
}

function parseAttempts(value: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(value)) return Number(value)
  throw new Error(`${JSON.stringify(value)} is not a whole number from 1 to 999`)
}
