import { crane, hostOf, type LabState } from '@tierseal/test-kit/lab'
import { checkout, git } from './forge.ts'
import { gitopsRepository } from './service.ts'

/** What the newest commit of the GitOps repository deploys. */
export interface Pinned {
  readonly commit: string
  /** `no digest` where nothing is pinned. */
  readonly digest: string
}

/** Reads the newest commit of the GitOps repository. */
export async function readPinned(state: LabState): Promise<Pinned> {
  const directory = await checkout(state, gitopsRepository, 'main')
  const overlay = await git(directory, 'show', 'HEAD:overlays/dev/shop/kustomization.yaml')
  const digest = /digest: "?(sha256:[0-9a-f]{64})/.exec(overlay)?.[1] ?? 'no digest'
  return { commit: await git(directory, 'rev-parse', 'HEAD'), digest }
}

/** The image that the job of a commit has pushed, by digest. */
export async function builtImage(sha: string): Promise<string> {
  const repository = `${hostOf('registry')}/dev/shop`
  return `${repository}@${(await crane(['digest', `${repository}:${sha}`])).trim()}`
}
