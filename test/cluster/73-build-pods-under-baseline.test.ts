import { type ActionResult, runAction } from '@tierseal/test-kit'
import { crane, giteaUrl, hostOf, kubectl } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildNamespace, useBuildNamespace } from './support/build-pods.ts'
import {
  buildSettings,
  buildStep,
  plainContext,
  useBuildSettings,
  writeContext,
} from './support/build-step.ts'
import { pushPlainBuilderImage } from './support/builder-image.ts'
import { makeRepository, pushFiles } from './support/forge.ts'
import { pushGitImage } from './support/git-image.ts'
import { type LabSite, useSite } from './support/site.ts'

let site: LabSite
let kubeconfig: string

beforeAll(async () => {
  site = await useSite()
  kubeconfig = await useBuildNamespace()
  await useBuildSettings('of no use here')
})

describe('a build with the default profile, in a namespace that enforces the baseline standard', () => {
  const label = 'pod-security.kubernetes.io/enforce'
  beforeAll(() =>
    kubectl(['label', 'namespace', buildNamespace, `${label}=baseline`, '--overwrite']),
  )
  afterAll(() => kubectl(['label', 'namespace', buildNamespace, `${label}-`]))

  it('is admitted with everything that inputs can ask for, and gives the digest that the registry holds', async () => {
    const result = await build('dev/plain:1', {
      context: writeContext('plain', plainContext),
      ...buildSettings,
    })
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs['digest']).toBe(await held('dev/plain:1'))
  })

  it('is admitted with a context that it clones', async () => {
    await makeRepository(site.state, 'teams', 'plain')
    const result = await build('dev/plain:2', {
      'kubernetes-git-repository': `${giteaUrl}/teams/plain.git`,
      'kubernetes-git-commit': await pushFiles(site.state, 'teams/plain', 'main', plainContext),
      'kubernetes-git-image': await pushGitImage(),
      ...buildSettings,
    })
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs['digest']).toBe(await held('dev/plain:2'))
  })

  async function build(
    tag: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<ActionResult> {
    const image = { 'kubernetes-image': await pushPlainBuilderImage() }
    return runAction('kaniko-build', buildStep(kubeconfig, tag, { ...image, ...inputs }))
  }
})

async function held(tag: string): Promise<string> {
  return (await crane(['digest', `${hostOf('registry')}/${tag}`])).trim()
}
