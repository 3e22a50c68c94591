import { labPath } from '@tierseal/test-kit/lab'
import { copyProgram, pushOverBase } from './program-layer.ts'

/** The image that clones the context of a build: the machine's git over the base image's shell. */
export async function pushGitImage(): Promise<string> {
  const root = labPath('git-image')
  await copyProgram(root, '/usr/bin/git', 'usr/bin/git')
  for (const name of ['git-remote-http', 'git-remote-https']) {
    await copyProgram(root, `/usr/lib/git-core/${name}`, `usr/lib/git-core/${name}`)
  }
  return pushOverBase(root, 'platform/git')
}
