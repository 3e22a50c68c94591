import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { kubectl, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'
import { siteDirectory } from './generate.ts'
import { podWith } from './pods.ts'

const kinds =
  'imagevalidatingpolicies,clusterpolicies,validatingadmissionpolicies,validatingadmissionpolicybindings'

/** Applies the generated policies of the dev tier, whose images `registry` holds, and waits until they are enforced. */
export async function applyPolicies(registry: string): Promise<void> {
  const directory = join(siteDirectory, 'platform', 'dev', 'kyverno')
  const files = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
  const args = files.flatMap((name) => ['-f', join(directory, name)])
  await kubectl(['apply', '--server-side', '--force-conflicts', ...args])
  const patience = { timeoutMs: 60_000, everyMs: 300 }
  await waitUntil('the policies to be ready', allReady, patience)
  await waitUntil('the policies to be enforced', () => areEnforced(registry), patience)
}

/** Removes every policy, so that the next kind stands alone. */
export async function removePolicies(): Promise<void> {
  await kubectl(['delete', kinds, '--all', '--wait=true'])
}

async function allReady(): Promise<boolean> {
  const path =
    '{range .items[*]}{.status.conditionStatus.ready}{.status.conditions[?(@.type=="Ready")].status} {end}'
  const { stdout } = await tryKubectl([
    'get',
    'imagevalidatingpolicies,clusterpolicies',
    '-o',
    `jsonpath=${path}`,
  ])
  const words = stdout.split(' ').filter((word) => word !== '')
  return words.length > 0 && words.every((word) => /^true$/i.test(word))
}

// The API server compiles its own policies some time after it has taken them, and shows nowhere when that is done; until
// then it judges by the ones it had. What it refuses is what tells.
async function areEnforced(registry: string): Promise<true> {
  const foreign = await refusalOf('elsewhere.invalid/app')
  const absent = await refusalOf(`${registry}/dev/absent`)
  if (!foreign.includes(`images below ${registry}/dev/`)) throw new Error(foreign)
  if (absent === '' || absent.includes('foreign-images')) throw new Error(absent)
  return true
}

async function refusalOf(repository: string): Promise<string> {
  const pod = podWith('probe', `${repository}@sha256:${'0'.repeat(64)}`)
  const create = ['create', '--dry-run=server', '-f', '-']
  return (await tryKubectl(create, JSON.stringify(pod))).stderr
}
