import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { log, Tool } from '@tierseal/action-kit'
import type { Origin } from './commit-message.ts'
import type { Inputs, Mode } from './inputs.ts'
import { SourceHistory } from './order/source-history.ts'
import { PinDeadline } from './pin-deadline.ts'
import { Kustomize } from './proof/kustomize.ts'
import { BareRepository, type FetchScope } from './repository/bare-repository.ts'
import { Git } from './repository/git.ts'
import type { Person } from './repository/make-commit.ts'
import { maxFileBytes } from './repository/size-limit.ts'
import { Keyring } from './signing/keyring.ts'

/** Everything that an attempt works with; found and checked before any work is done. */
export interface PinWorkshop {
  readonly git: Git
  readonly kustomize: Kustomize
  readonly repository: BareRepository
  /** Holds commits of the branch without their content, for its history. */
  readonly commits: BareRepository
  readonly source: SourceHistory
  readonly keyring: Keyring | undefined
  readonly mode: Mode
  readonly branch: string
  readonly fetchScope: FetchScope
  readonly origin: Origin
  readonly allowUnknownOrder: boolean
  readonly author: Person
  /** The addresses that are reached without TLS. */
  readonly unencrypted: readonly string[]
  /** The step's own folder. */
  readonly directory: string
}

/** The folders of the step; both are removed at its end and in post. */
export interface Folders {
  readonly work: string
  /** On a tmpfs; undefined where nothing is signed. */
  readonly keyring: string | undefined
}

/**
 * @throws KnownError TOOL_MISSING, TOOL_VERSION, PIN_SIGNING_KEY_INVALID
 */
export async function openWorkshop(inputs: Inputs, folders: Folders): Promise<PinWorkshop> {
  const { work } = folders
  const deadline = new PinDeadline(inputs.timeoutMs)
  const home = join(work, 'home')
  mkdirSync(home, { mode: 0o700 })
  const kustomizeTool = await Tool.find({ name: 'kustomize', path: inputs.kustomizePath })
  const kustomize = await Kustomize.open({ tool: kustomizeTool, deadline, home })
  const remote = { ...inputs.remote, caPath: writeCa(inputs, work) }
  const gitTool = await Tool.find({ name: 'git', path: inputs.gitPath })
  const git = await Git.open({ tool: gitTool, remote, deadline, home })
  const repository = BareRepository.create(git, join(work, 'repository.git'))
  const commits = BareRepository.create(git, join(work, 'history.git'))
  return {
    git,
    kustomize,
    repository,
    commits,
    source: openSource(inputs, git, commits),
    keyring: await openKeyring(inputs, folders, deadline),
    mode: inputs.mode,
    branch: inputs.branch,
    fetchScope: { depth: 1, filter: `blob:limit=${maxFileBytes + 1}` },
    origin: inputs.origin,
    allowUnknownOrder: inputs.allowUnknownOrder,
    author: inputs.author,
    unencrypted: findUnencrypted(inputs),
    directory: work,
  }
}

function findUnencrypted({ remote, sourceRemote }: Inputs): readonly string[] {
  const urls = [remote.url, ...(sourceRemote === undefined ? [] : [sourceRemote.url])]
  const unencrypted = urls.filter((url) => new URL(url).protocol === 'http:')
  for (const url of unencrypted) {
    log.warning(`plain-http is set: the token and the history go to ${url} unencrypted`)
  }
  return unencrypted
}

function openSource(
  { sourceCheckout: checkout, sourceRemote }: Inputs,
  git: Git,
  commits: BareRepository,
): SourceHistory {
  if (sourceRemote === undefined) {
    return new SourceHistory({ repository: commits, checkout, mayFetch: false })
  }
  const repository = BareRepository.create(
    git.to({ ...sourceRemote, caPath: git.remote.caPath }),
    `${commits.directory}-source`,
  )
  return new SourceHistory({ repository, checkout, mayFetch: true })
}

function writeCa({ gitCa }: Inputs, work: string): string | undefined {
  if (gitCa === undefined) return undefined
  const path = resolve(work, 'ca.pem')
  writeFileSync(path, gitCa.pem)
  return path
}

async function openKeyring(
  { signingKey, gpgPath }: Inputs,
  { keyring }: Folders,
  deadline: PinDeadline,
): Promise<Keyring | undefined> {
  if (signingKey === undefined || keyring === undefined) return undefined
  const gpg = await Tool.find({ name: 'gpg', path: gpgPath })
  return Keyring.open(signingKey, { gpg, directory: keyring, deadline })
}
