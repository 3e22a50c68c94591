import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ActionOptions } from '@tierseal/test-kit'
import { hostOf, kubectl, labPath, program, siteAccount, siteCa } from '@tierseal/test-kit/lab'
import { buildNamespace } from './build-pods.ts'

/** Writes a build context of a suite's own and gives its folder. */
export function writeContext(name: string, files: Readonly<Record<string, string>>): string {
  const directory = labPath('site', `context-${name}`)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  return directory
}

/**
 * A build in a pod, as a step of a runner asks for it that has the generated rights.
 *
 * @param destination path:tag in the lab's registry
 */
export function buildStep(
  kubeconfig: string,
  destination: string,
  inputs: Readonly<Record<string, string>>,
): ActionOptions {
  return {
    inputs: {
      executor: 'kubernetes',
      destination: `${hostOf('registry')}/${destination}`,
      'kubernetes-namespace': buildNamespace,
      'kubernetes-docker-config': 'push',
      'kubernetes-ca': 'site-ca',
      kubeconfig,
      'kubectl-path': program('kubectl'),
      'registry-ca': siteCa,
      'registry-username': siteAccount.pusher,
      'registry-password': siteAccount.pusherPassword(),
      'timeout-seconds': '180',
      ...inputs,
    },
  }
}

/** What a test reads of a pod. */
export interface BuildPod {
  readonly metadata: { readonly name: string }
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly Readonly<Record<string, unknown>>[]
  }
  readonly status: {
    readonly phase: string
    readonly containerStatuses?: readonly { readonly state: object }[]
  }
}

/** The pod of the one build that runs in a namespace now. */
export async function runningBuild(namespace: string): Promise<BuildPod> {
  const query = [
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/name=kaniko',
    '-o',
    'json',
  ]
  const { items }: { items: BuildPod[] } = JSON.parse(await kubectl(query))
  const [pod, ...more] = items.filter(({ metadata }) => /^tierseal-build-/.test(metadata.name))
  if (pod === undefined || more.length > 0)
    throw new Error(`${items.length} pods, and not one build`)
  return pod
}
