import { readFileSync, writeFileSync } from 'node:fs'
import {
  type ActionResult,
  answer,
  runAction,
  startFaultServer,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { hostOf, identityOf, siteCa } from '@tierseal/test-kit/lab'
import { parse } from 'yaml'
import { generatedFile } from './generate.ts'
import { serviceAccountToken } from './runner.ts'
import { deployWorkflow } from './service.ts'

/** The step that fetches the key, run to its end, and the token that it held meanwhile. */
export interface FetchStep extends ActionResult {
  readonly vaultToken: string
}

/**
 * Runs the fetch step of the dev tier as its generated workflow has it, through a door that sees what the step sends to
 * Vault: nothing else outside the step ever knows its token.
 *
 * @param revocation `lost` has the door answer the revocation, so that Vault never hears of it
 */
export async function runFetchStep(revocation: 'passed' | 'lost'): Promise<FetchStep> {
  const { certificate, key } = identityOf('server')
  const isRevocation = (path: string): boolean => path.endsWith('/auth/token/revoke-self')
  await using door = await startFaultServer({
    script: ({ path }) => (revocation === 'lost' && isRevocation(path) ? answer(204) : undefined),
    tls: { certificate, key },
    upstream: { url: `https://${hostOf('vault')}`, caPem: readFileSync(siteCa, 'utf8') },
  })
  const file = `${temporaryDirectory('fetch-step')}/token`
  writeFileSync(file, await serviceAccountToken('dev'), { mode: 0o600 })
  const inputs = { ...generatedInputs(), 'vault-address': door.url, 'token-file': file }
  const step = await runAction('vault-fetch-key', { inputs })
  const revoked = door.requests.find(({ path }) => isRevocation(path))
  return { ...step, vaultToken: String(revoked?.headers['x-vault-token'] ?? '') }
}

function generatedInputs(): Readonly<Record<string, string>> {
  const workflow = parse(generatedFile(`services/shop/${deployWorkflow}`))
  const steps: { name: string; with: Record<string, string> }[] = workflow.jobs.deploy.steps
  const fetch = steps.find(({ name }) => name === '3 fetch')
  if (fetch === undefined) throw new Error('the generated workflow has no step 3 fetch')
  return fetch.with
}
