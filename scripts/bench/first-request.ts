import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAction, temporaryDirectory } from '@tierseal/test-kit'
import { type ActionName, actions } from '../bundle.ts'
import { startNode } from './cold-start.ts'
import { cpuTimeOf, median, timed } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 9
// Nothing listens here and there is no such program, so each action ends at the first thing outside of it.
const nowhere = '127.0.0.1:1'
const noProgram = '/nonexistent'

/** CPU of each action with good inputs up to its first request or tool, against bare node: everything is loaded then. */
export async function measureFirstRequest(): Promise<readonly Measurement[]> {
  const inputs = goodInputs(temporaryDirectory('first-request'))
  const measured: Measurement[] = []
  for (const name of actions) {
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const bare = await startNode(['-e', '0'])
      const options = { inputs: inputs[name], env: { KEY: 'a key' }, wrapper: timed }
      const { stderr, log } = await runAction(name, options)
      if (!/CONNECTION_REFUSED|TOOL_MISSING/.test(log))
        throw new Error(`${name} ended early: ${log}`)
      ratios.push(cpuTimeOf(stderr) / bare)
    }
    measured.push({
      name: `${name} up to its first request or tool, CPU`,
      value: median(ratios),
      unit: 'x bare node',
    })
  }
  return measured
}

function goodInputs(
  folder: string,
): Readonly<Record<ActionName, Readonly<Record<string, string>>>> {
  const image = `${nowhere}/dev/app@sha256:${'a'.repeat(64)}`
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n')
  writeFileSync(join(folder, 'token'), serviceAccountToken(), { mode: 0o600 })
  return {
    'kaniko-build': {
      engine: 'buildah',
      context: folder,
      destination: `${nowhere}/dev/app:1`,
      'buildah-path': noProgram,
    },
    'assert-digest': { image, 'timeout-seconds': '1' },
    'vault-fetch-key': {
      'vault-address': `https://${nowhere}`,
      role: 'ci-signer-dev',
      'token-file': join(folder, 'token'),
      'secret-path': 'tiers/dev',
      'timeout-seconds': '1',
    },
    'cosign-sign': { image, key: 'env://KEY', 'cosign-path': noProgram },
    'kustomize-pin': {
      repository: `https://${nowhere}/deployments.git`,
      pins: `overlays/dev/app ${image}`,
      token: 'token',
      'allow-unknown-order': 'true',
      'kustomize-path': noProgram,
    },
  }
}

// Read and shown, never verified: no Vault is reached.
function serviceAccountToken(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    aud: ['vault'],
    exp: Math.floor(Date.now() / 1000) + 600,
    sub: 'system:serviceaccount:ci-dev:ci-signer',
  }
  return [part({ alg: 'RS256' }), part(claims), 'A'.repeat(342)].join('.')
}
