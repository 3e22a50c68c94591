import { mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addTier,
  findSecrets,
  generateCosignKeyPair,
  lacksTools,
  prepareVault,
  pushImage,
  startRegistry,
  startTokenReview,
  startVault,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'
import { engines, runWorkflow, workflow } from './engines/run-workflow.ts'

describe.each(engines)('in the runner engine %s', (engine) => {
  it.skipIf(lacksTools(engine, 'registry'))(
    'assert-digest hands a proven digest to the next step',
    async () => {
      await using registry = await startRegistry()
      const digest = await pushImage(registry, 'dev/payments', { tag: '1' })
      const steps = `
      - id: proof
        uses: org/actions/assert-digest@v1
        with:
          image: ${registry.host}/dev/payments:1
          digest: ${digest}
          registry-ca: ${registry.caPath}
          registry-username: ${registry.username}
          registry-password: \${{ secrets.REGISTRY_PASSWORD }}
      - run: echo "proven \${{ steps.proof.outputs.digest }}"
`
      const secrets = { REGISTRY_PASSWORD: registry.password }
      const run = await runWorkflow(engine, workflow(steps), { secrets })
      expect(run.log).toContain(`proven ${digest}`)
      expect(run.succeeded).toBe(true)
      expect(findSecrets({ log: run.log }, secrets)).toEqual([])
    },
  )

  it.skipIf(lacksTools(engine, 'registry'))(
    'an empty digest fails the job, and always() still runs',
    async () => {
      await using registry = await startRegistry()
      const folder = temporaryDirectory('marks')
      const steps = `
      - uses: org/actions/assert-digest@v1
        with:
          image: ${registry.host}/dev/payments
          digest: \${{ steps.nothing.outputs.digest }}
          registry-ca: ${registry.caPath}
      - run: touch ${folder}/signed
      - if: always()
        run: touch ${folder}/told
`
      const run = await runWorkflow(engine, workflow(steps))
      expect(run.succeeded).toBe(false)
      expect(run.log).toMatch(/DIGEST_[A-Z]+/)
      expect(readdirSync(folder)).toEqual(['told'])
    },
  )

  it.skipIf(lacksTools(engine, 'openbao', 'cosign3'))(
    'vault-fetch-key shows nothing of the key, and its post takes it away after a failure',
    async () => {
      await using vault = await startVault()
      await using reviewer = await startTokenReview()
      await prepareVault(vault, reviewer)
      const keys = generateCosignKeyPair('canary-key-password')
      await addTier(vault, { tier: 'dev', keys })
      const jwt = reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' })
      const folder = temporaryDirectory('token')
      writeFileSync(join(folder, 'token'), jwt)
      const memory = mkdtempSync('/dev/shm/ts-')
      const steps = `
      - id: key
        uses: org/actions/vault-fetch-key@v1
        with:
          vault-address: ${vault.address}
          vault-ca: ${vault.caPath}
          role: ci-signer-dev
          token-file: ${join(folder, 'token')}
          handover: file
          key-directory: ${memory}
          secret-path: tiers/dev
          public-path: public/dev
      - run: ls ${memory} | wc -l > ${folder}/kept; exit 1
`
      const run = await runWorkflow(engine, workflow(steps))
      expect(run.succeeded).toBe(false)
      expect(readFileSync(join(folder, 'kept'), 'utf8').trim()).toBe('1')
      expect(readdirSync(memory)).toEqual([])
      rmdirSync(memory)
      const { privateKey, password } = keys
      expect(findSecrets({ log: run.log }, { jwt, privateKey, password })).toEqual([])
      expect(findSecrets(run.home, { jwt, privateKey, password })).toEqual([])
    },
  )
})
