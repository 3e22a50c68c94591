import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionOptions,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { pushBaseImage } from '../demo/base-image.ts'
import { root } from '../root.ts'
import { measureSuccess, median } from './cpu-time.ts'
import { measureAction } from './measure-action.ts'
import { measureMemory } from './memory.ts'
import type { Measurement } from './row.ts'

const rounds = 3

/** kaniko-build with engine buildah against bare `buildah bud` and `buildah push`, in turn. */
export async function measureBuild(): Promise<readonly Measurement[]> {
  await using registry = await startRegistry()
  const directory = temporaryDirectory('bench-build')
  await pushBaseImage(registry, directory)
  const context = join(directory, 'context')
  cpSync(join(root, 'examples', 'service'), context, { recursive: true })
  const dockerfile = join(context, 'Dockerfile')
  const text = readFileSync(dockerfile, 'utf8')
  writeFileSync(dockerfile, text.replaceAll('registry.internal:5000', registry.host))
  const optionsOf = (round: string): ActionOptions => ({
    cwd: context,
    inputs: {
      engine: 'buildah',
      destination: `${registry.host}/bench/app:action-${round}`,
      'buildah-path': toolPath('buildah'),
      'registry-ca': registry.caPath,
      'docker-config': registry.dockerConfigDirectory,
    },
  })
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await buildBare(registry, directory, context, round)
    const { cpuMs } = await measureAction('kaniko-build', optionsOf(`${round}`))
    ratios.push(cpuMs / bare)
  }
  return [
    {
      name: 'kaniko-build (engine buildah) over bare buildah, CPU',
      value: median(ratios),
      unit: 'x',
    },
    await measureMemory('kaniko-build', optionsOf),
  ]
}

async function buildBare(
  registry: TestRegistry,
  directory: string,
  context: string,
  round: number,
): Promise<number> {
  const certificates = join(directory, 'certificates')
  mkdirSync(certificates, { recursive: true })
  cpSync(registry.caPath, join(certificates, 'ca.crt'))
  const policy = join(directory, 'policy.json')
  writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }))
  const storage = join(directory, `storage-${round}`)
  const global = [
    '--root',
    `${storage}/root`,
    '--runroot',
    `${storage}/run`,
    '--storage-driver',
    'vfs',
  ]
  const access = [
    '--cert-dir',
    certificates,
    '--authfile',
    join(registry.dockerConfigDirectory, 'config.json'),
  ]
  const tag = `${registry.host}/bench/app:bare-${round}`
  const buildah = [toolPath('buildah'), ...global]
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory }
  const signature = ['--signature-policy', policy]
  const bud = [
    ...buildah,
    'bud',
    '--isolation',
    'chroot',
    ...signature,
    ...access,
    '--tag',
    tag,
    context,
  ]
  const push = [...buildah, 'push', ...signature, ...access, tag]
  return (await measureSuccess(bud, env)) + (await measureSuccess(push, env))
}
