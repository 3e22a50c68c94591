import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionOptions,
  type ActionResult,
  lacksTools,
  makeCertificateAuthority,
  runAction,
  type SiteCertificateAuthority,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { expect } from 'vitest'
import { pushBaseImage } from './base-image.ts'

// A real kaniko is on no registry that CI reaches; who has one names it, and it is held to the same.
const kaniko = process.env['TIERSEAL_KANIKO']

/** The real engines of this machine. */
export const engines: readonly ('buildah' | 'kaniko')[] = [
  'buildah',
  ...(kaniko === undefined ? [] : (['kaniko'] as const)),
]

export const lacksBuildTools =
  lacksTools('buildah', 'registry', 'crane', 'busybox') || process.getuid?.() !== 0

type Inputs = Readonly<Record<string, string>>

/** A registry with a base image, and a step that builds for it. */
export interface BuildSite extends AsyncDisposable {
  readonly registry: TestRegistry
  readonly ca: SiteCertificateAuthority
  /** The reference of the base image. */
  readonly base: string
  /** A step over a workspace with this Dockerfile and the file src/data. */
  optionsOf(dockerfile: string, inputs?: Inputs): ActionOptions
  build(dockerfile: string, inputs?: Inputs, env?: Inputs): Promise<ActionResult>
  /** The messages of a build that fails and hands on nothing. */
  refused(dockerfile: string, inputs?: Inputs): Promise<string>
}

/** Starts one for an engine. */
export async function startBuildSite(engine: 'buildah' | 'kaniko'): Promise<BuildSite> {
  const ca = makeCertificateAuthority(temporaryDirectory('build-ca'))
  const registry = await startRegistry({ ca })
  const base = pushBaseImage(registry)
  const optionsOf = (dockerfile: string, inputs: Inputs = {}): ActionOptions => ({
    cwd: workspaceOf(dockerfile),
    inputs: { ...ownInputs(engine, registry, base), ...inputs },
  })
  const build = (dockerfile: string, inputs: Inputs = {}, env: Inputs = {}) =>
    runAction('kaniko-build', { ...optionsOf(dockerfile, inputs), env })
  return {
    ...{ registry, ca, base, optionsOf, build },
    refused: async (dockerfile, inputs) => {
      const result = await build(dockerfile, inputs)
      expect(result.exitCode).toBe(1)
      expect(result.outputs).toEqual({})
      return result.annotations.map(({ message }) => message).join('\n')
    },
    [Symbol.asyncDispose]: () => registry.stop(),
  }
}

function workspaceOf(dockerfile: string): string {
  const cwd = temporaryDirectory('workspace')
  mkdirSync(join(cwd, 'src'))
  writeFileSync(join(cwd, 'Dockerfile'), dockerfile)
  writeFileSync(join(cwd, 'src/data'), 'data\n')
  return cwd
}

function ownInputs(engine: string, registry: TestRegistry, base: string): Inputs {
  const { host, caPath, username, password } = registry
  return {
    engine,
    ...(engine === 'kaniko'
      ? { 'kaniko-path': kaniko ?? '' }
      : { 'buildah-path': toolPath('buildah') }),
    destination: `${host}/dev/app:1`,
    'build-args': `BASE=${base}\nGREETING=hello there`,
    'registry-ca': caPath,
    'registry-username': username,
    'registry-password': password,
    'timeout-seconds': '90',
  }
}
