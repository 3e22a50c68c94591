import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionOptions,
  generateCosignKeyPair,
  pushImage,
  startRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { startNode } from './cold-start.ts'
import { measureSuccess, median } from './cpu-time.ts'
import { measureAction } from './measure-action.ts'
import { measureMemory } from './memory.ts'
import type { Measurement } from './row.ts'

const rounds = 7

/** cosign-sign against a bare `cosign sign` and `cosign verify` of another image, in turn. */
export async function measureSign(): Promise<readonly Measurement[]> {
  await using registry = await startRegistry()
  const keys = generateCosignKeyPair('bench')
  const publicKey = join(temporaryDirectory('bench-sign'), 'cosign.pub')
  writeFileSync(publicKey, keys.publicKey)
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    DOCKER_CONFIG: registry.dockerConfigDirectory,
    SIGNING_KEY: keys.privateKey,
    COSIGN_PASSWORD: keys.password,
  }
  const image = async (seed: string): Promise<string> =>
    `${registry.host}/bench/app@${await pushImage(registry, 'bench/app', { seed })}`
  const cosign = toolPath('cosign3')
  const ca = ['--registry-cacert', registry.caPath]
  const bareRun = async (reference: string): Promise<number> => {
    const offline = ['--yes', '--use-signing-config=false', '--tlog-upload=false']
    const sign = [cosign, 'sign', ...offline, ...ca, '--key', 'env://SIGNING_KEY', reference]
    const verify = [
      cosign,
      'verify',
      '--insecure-ignore-tlog',
      ...ca,
      '--key',
      publicKey,
      reference,
    ]
    return (await measureSuccess(sign, env)) + (await measureSuccess(verify, env))
  }
  const optionsOf = async (round: string): Promise<ActionOptions> => ({
    inputs: {
      image: await image(`action ${round}`),
      key: 'env://SIGNING_KEY',
      password: keys.password,
      'public-key': keys.publicKey,
      'registry-ca': registry.caPath,
      'docker-config': registry.dockerConfigDirectory,
      'cosign-path': cosign,
    },
    env: { SIGNING_KEY: keys.privateKey },
  })
  const overheads: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await bareRun(await image(`bare ${round}`))
    const node = await startNode(['-e', '0'])
    const { cpuMs } = await measureAction('cosign-sign', await optionsOf(`${round}`))
    overheads.push(cpuMs - bare - node)
  }
  return [
    {
      name: 'cosign-sign over bare cosign sign + verify, CPU, node start-up apart',
      value: median(overheads),
      unit: 'ms',
      target: { relation: '<=', value: 150 },
    },
    await measureMemory('cosign-sign', optionsOf),
  ]
}
