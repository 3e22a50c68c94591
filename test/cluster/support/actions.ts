import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type LabState, labPath } from '@tierseal/test-kit/lab'
import { checkoutAction } from './checkout-action.ts'
import { cloneUrl, git, makeRepository, pushFiles } from './forge.ts'
import { actionsOwner } from './tiers.ts'

/** The release tree that `npm run test:cluster` makes before it enters the lab. */
const releaseDirectory: string = labPath('release')

/** Puts our actions and a checkout action on the forge, each pinned by the commit that it gives. */
export async function publishActions(
  state: LabState,
): Promise<{ actionsSha: string; checkoutSha: string }> {
  await makeRepository(state, actionsOwner, 'checkout')
  const checkoutSha = await pushFiles(state, `${actionsOwner}/checkout`, 'main', {
    'action.yml': checkoutAction,
  })
  await makeRepository(state, actionsOwner, 'actions')
  return { checkoutSha, actionsSha: await pushRelease(state) }
}

/** Pushes the release as the first commit or as a later one, and moves the branch that the forge shows. */
async function pushRelease(state: LabState): Promise<string> {
  if (!existsSync(join(releaseDirectory, '.git'))) throw new Error('there is no release tree')
  const url = cloneUrl(state, `${actionsOwner}/actions`)
  await git(releaseDirectory, 'push', '--quiet', '--force', url, 'HEAD:refs/heads/main', '--tags')
  return git(releaseDirectory, 'rev-parse', 'HEAD')
}
