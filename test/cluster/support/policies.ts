import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { kubectl, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'
import { siteDirectory } from './generate.ts'

const kinds =
  'imagevalidatingpolicies,clusterpolicies,validatingadmissionpolicies,validatingadmissionpolicybindings'

/** Applies the generated policies of the dev tier and waits until they are enforced. */
export async function applyPolicies(): Promise<void> {
  const directory = join(siteDirectory, 'platform', 'dev', 'kyverno')
  const files = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
  const args = files.flatMap((name) => ['-f', join(directory, name)])
  await kubectl(['apply', '--server-side', '--force-conflicts', ...args])
  await waitUntil('the policies to be ready', allReady, { timeoutMs: 60_000, everyMs: 300 })
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
