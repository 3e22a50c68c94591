import {
  asText,
  type InputSpec,
  type InputValues,
  maskSecret,
  optional,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { parseDigestReference } from '@tierseal/oci'
import { isOutside } from '../context.ts'

/** A build context that the pod clones by itself, so that nothing of it passes through the runner. */
export interface GitContext {
  /** `https://host/owner/name.git`, without credentials. */
  readonly repository: string
  /** The full id: what is built cannot change between the step and the pod. */
  readonly commit: string
  /** The folder of the commit that is the context; '' is its root. */
  readonly folder: string
  /** Secret of type kubernetes.io/basic-auth; undefined for a repository that everybody may read. */
  readonly secret: string | undefined
  /** An image with git and a shell, by digest. */
  readonly image: string
}

/** The inputs of a git context. */
export const gitSpecs = {
  gitRepository: optional('kubernetes-git-repository', parseRepositoryUrl),
  gitCommit: optional('kubernetes-git-commit', parseCommit),
  gitFolder: optional('kubernetes-git-folder', parseFolder),
  gitSecret: optional('kubernetes-git-secret', asText),
  gitImage: optional('kubernetes-git-image', (value) => parseDigestReference(value).text),
} as const satisfies Record<string, InputSpec<unknown>>

/** The inputs that a git context has to do with. */
export interface GitInputs extends InputValues<typeof gitSpecs> {
  readonly context: string
}

/** What the inputs of a git context ask of each other, and of the others. */
export const gitJoints = {
  git: {
    of: ['gitRepository', 'gitCommit', 'gitFolder', 'gitSecret', 'gitImage'],
    read: gitContext,
  },
  oneContext: { of: ['context', 'gitRepository'], read: demandOneContext },
} as const

function gitContext(given: GitInputs): GitContext | undefined {
  const { gitRepository: repository, gitCommit: commit, gitImage: image } = given
  if (repository !== undefined && commit !== undefined && image !== undefined) {
    return { repository, commit, image, folder: given.gitFolder ?? '', secret: given.gitSecret }
  }
  const names = {
    'kubernetes-git-repository': repository,
    'kubernetes-git-commit': commit,
    'kubernetes-git-image': image,
    'kubernetes-git-folder': given.gitFolder,
    'kubernetes-git-secret': given.gitSecret,
  }
  const set = Object.entries(names).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (set.length === 0) return undefined
  const needed = Object.keys(names).slice(0, 3)
  const absent = needed.filter((name) => !set.includes(name))
  throw new KnownError('INPUT_MISSING', `${set.join(', ')} set, and ${absent.join(', ')} empty`, {
    hint: 'A git context needs the repository, the commit and an image that has git.',
  })
}

function demandOneContext({ context, gitRepository }: GitInputs): void {
  if (gitRepository === undefined || context === '.') return
  throw new KnownError(
    'INPUT_INVALID',
    `kubernetes-git-repository and context ${context} are both set, and a build has one context`,
    { hint: 'Leave context out; kubernetes-git-folder names a folder of the commit.' },
  )
}

function parseRepositoryUrl(value: string): string {
  const address = /^(?:[a-z][a-z0-9+.-]*:\/\/([^/]*)|([^/@]*:[^/]*))@/i
  const [, afterScheme, user = afterScheme] = address.exec(value) ?? []
  if (user !== undefined) {
    maskSecret(user.slice(user.indexOf(':') + 1))
    throw new KnownError('INPUT_INVALID', 'it has credentials in it', {
      hint: 'Put them into a Secret of type kubernetes.io/basic-auth and name it with kubernetes-git-secret.',
    })
  }
  if (/^https:\/\/[^\s/?#\\]+\/[^\s?#\\]+$/.test(value) && URL.canParse(value)) return value
  throw new Error(`${JSON.stringify(value)} is not an address such as https://host/owner/name.git`)
}

function parseCommit(value: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) return value
  throw new KnownError(
    'INPUT_INVALID',
    `${JSON.stringify(value)} is not the full id of a commit in lower case`,
    { hint: 'A branch or a tag can move: a build has to know what it builds. Give github.sha.' },
  )
}

function parseFolder(value: string): string {
  const folder = value.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
  const parts = folder.split('/')
  if (isOutside(folder) || parts.some((part) => ['', '.', '..'].includes(part))) {
    throw new Error(`${JSON.stringify(value)} is not a folder inside the commit`)
  }
  return folder
}
