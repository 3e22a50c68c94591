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
  await waitUntil('the policies to be ready', allReady, { timeoutMs: 60_000, everyMs: 300 })
  await waitUntilEnforced(registry, 20_000).catch(async (error: unknown) => {
    console.warn(String(error), await webhooksAsStored())
    await touchWebhooks()
    await waitUntilEnforced(registry, 60_000)
  })
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

const webhooks = 'validatingwebhookconfigurations,mutatingwebhookconfigurations'

// The API server can go on asking the webhooks of before, until something is changed in their configuration
// (docs/decisions/0148-a-webhook-that-is-not-asked.md).
async function touchWebhooks(): Promise<void> {
  await kubectl(['annotate', webhooks, '--all', '--overwrite', `lab.test/touched=${Date.now()}`])
}

async function webhooksAsStored(): Promise<string> {
  const path = '{range .items[*]}{.metadata.name}: {.webhooks[*].name}{"\\n"}{end}'
  return (await tryKubectl(['get', webhooks, '-o', `jsonpath=${path}`])).stdout
}

function waitUntilEnforced(registry: string, timeoutMs: number): Promise<true> {
  const ask = () => areEnforced(registry)
  return waitUntil('the policies to be enforced', ask, { timeoutMs, everyMs: 300 })
}

// The API server compiles its own policies some time after it has taken them, and shows nowhere when that is done; until
// then it judges by the ones it had. What it refuses is what tells.
async function areEnforced(registry: string): Promise<true> {
  const foreign = await refusalOf('elsewhere.invalid/app')
  const absent = await refusalOf(`${registry}/dev/absent`)
  if (!foreign.includes(`images below ${registry}/dev/`)) throw notRefused('foreign', foreign)
  if (absent === '' || absent.includes('foreign-images')) throw notRefused('absent', absent)
  return true
}

async function refusalOf(repository: string): Promise<string> {
  const pod = podWith('probe', `${repository}@sha256:${'0'.repeat(64)}`)
  const create = ['create', '--dry-run=server', '-f', '-']
  return (await tryKubectl(create, JSON.stringify(pod))).stderr
}

function notRefused(image: string, said: string): Error {
  return new Error(
    `the ${image} image was ${said === '' ? 'admitted' : `refused by another: ${said}`}`,
  )
}
