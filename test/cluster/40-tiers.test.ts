import { askHttps, baseImage, builderOf, hostOf } from '@tierseal/test-kit/lab'
import { beforeAll, describe, expect, it } from 'vitest'
import { type FetchStep, runFetchStep } from './support/fetch-step.ts'
import { pushAs } from './support/images.ts'
import { runJob } from './support/run-job.ts'
import { serviceAccountToken } from './support/runner.ts'
import { makeServiceRepositories } from './support/service.ts'
import { type LabSite, useSite } from './support/site.ts'

let site: LabSite

beforeAll(async () => {
  site = await useSite()
})

interface Login {
  readonly status: number
  readonly token: string
  readonly said: string
}

async function login(tier: string, role: string, audience?: string): Promise<Login> {
  const body = { role, jwt: await serviceAccountToken(tier, audience) }
  const url = `https://${hostOf('vault')}/v1/auth/kubernetes/login`
  const { status, text } = await askHttps(url, { method: 'POST', body })
  return { status, token: /"client_token":"([^"]+)"/.exec(text)?.[1] ?? '', said: text }
}

function readVault(token: string, path: string): Promise<{ status: number; text: string }> {
  const headers = { 'x-vault-token': token }
  return askHttps(`https://${hostOf('vault')}/v1/${path}`, { headers })
}

describe('the service account of a tier', () => {
  it('logs in to the role of its own tier, by the real TokenReview', async () => {
    expect(await login('dev', 'ci-signer-dev')).toMatchObject({ status: 200 })
  })

  it('is refused by the role of another tier', async () => {
    const { status, said } = await login('dev', 'ci-signer-prod')
    expect(status).toBe(403)
    expect(said).toContain('namespace not authorized')
  })

  it('is refused with a token for another audience', async () => {
    const { status, said } = await login('dev', 'ci-signer-dev', `https://${hostOf('apiserver')}`)
    expect(status).toBe(403)
    expect(said).toContain('audience')
  })
})

describe('a token of the dev tier', () => {
  it('reads the key of its own tier and nothing of another', async () => {
    const { token } = await login('dev', 'ci-signer-dev')
    const paths = ['cosign/data/tiers/dev', 'cosign/data/tiers/prod', 'cosign/metadata/tiers/prod']
    const answers = await Promise.all(paths.map((path) => readVault(token, path)))
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403])
  })
})

describe('the token of the fetch step', () => {
  const read = ({ vaultToken }: FetchStep) => readVault(vaultToken, 'cosign/data/tiers/dev')

  it('is of no use after the step, which revoked it', async () => {
    const step = await runFetchStep('passed')
    expect(step.exitCode, step.log).toBe(0)
    expect(step.vaultToken).toMatch(/^(hv)?s\.\S{20,}$/)
    expect(step.maskedLog).not.toContain(step.vaultToken)
    const { status, text } = await read(step)
    expect(status).toBe(403)
    expect(text).toContain('permission denied')
  })

  // What the case above is worth: it is the revocation that ends the token, not its uses or its age.
  it('would still read the key, were the revocation lost on its way to Vault', async () => {
    const step = await runFetchStep('lost')
    expect(step.exitCode, step.log).toBe(0)
    expect(await read(step)).toMatchObject({ status: 200 })
  })
})

describe('the registry account of a tier', () => {
  const push = (path: string) =>
    pushAs(builderOf('dev'), baseImage, `${hostOf('registry')}/${path}:by-dev`)

  it('pushes below the path of its tier', async () => {
    expect(await push('dev/allowed')).toMatchObject({ exitCode: 0 })
  })

  it.each(['prod/shop', 'platform/base', 'development/shop'])(
    'may not push to %s',
    async (path) => {
      const { exitCode, stderr } = await push(path)
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/unauthorized|denied/i)
    },
  )
})

describe('a dev workflow that somebody edited to name prod', () => {
  it('fails at the build where it names the path of prod, which is not its to push to', async () => {
    await makeServiceRepositories(site.state)
    const run = await runJob(site, 'edited path', {
      edit: (workflow) => workflow.replaceAll('/dev/shop:', '/prod/shop:'),
    })
    expect(run.status).toBe('failure')
    expect(run.log).toContain(`::error::REGISTRY_UNAUTHORIZED: ${hostOf('registry')}/prod/shop `)
    expect(run.log).not.toMatch(/Success - Main 1 build/)
  })

  it('fails at the login, and the message names the role and what it allows', async () => {
    await makeServiceRepositories(site.state)
    const run = await runJob(site, 'edited', {
      edit: (workflow) => workflow.replace('role: ci-signer-dev', 'role: ci-signer-prod'),
    })
    expect(run.status).toBe('failure')
    expect(run.log).toMatch(
      /::error::VAULT_KUBERNETES_NAMESPACE_REFUSED: .*role ci-signer-prod is not for this Kubernetes namespace/,
    )
    expect(run.log).not.toMatch(/Success - Main 4 sign/)
  })
})
