import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ActionOptions } from '@tierseal/test-kit'
import {
  apply,
  baseImage,
  hostOf,
  kubectl,
  labPath,
  program,
  siteAccount,
  siteCa,
} from '@tierseal/test-kit/lab'
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

/** Everything that the owner of a build can ask of its pod by name: what `useBuildSettings` has put there. */
export const buildSettings = {
  'kubernetes-resources': 'requests.cpu=50m\nrequests.memory=64Mi\nlimits.memory=512Mi',
  'kubernetes-node-selector': 'lab.test/builds=yes',
  'kubernetes-service-account': 'builder',
  'kubernetes-secrets': 'npm=build-secrets/token',
}

/** Labels the node, and makes the service account and the build secret that `buildSettings` names. */
export async function useBuildSettings(secret: string): Promise<void> {
  await kubectl(['label', 'node', 'lab-node', 'lab.test/builds=yes', '--overwrite'])
  const named = (name: string) => ({ name, namespace: buildNamespace })
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named('builder') },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: named('build-secrets'),
      stringData: { token: secret },
    },
  )
}

/** A context that needs no RUN, as `pushPlainBuilderImage` builds it. */
export const plainContext: Readonly<Record<string, string>> = {
  Dockerfile: `FROM ${baseImage}\nCOPY note.txt /note.txt\n`,
  'note.txt': 'plain\n',
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
