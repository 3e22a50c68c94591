import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type ActionOptions,
  type ActionResult,
  type CosignKeyPair,
  generateCosignKeyPair,
  lacksTools,
  pushImage,
  runAction,
  startRegistry,
  type TestRegistry,
  type TestRegistryOptions,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'

/** Whether the suites of cosign-sign must be skipped: on a contributor's machine, never in CI. */
export const lacksSigningTools = lacksTools('cosign2', 'cosign3', 'registry', 'referrers-registry')

/** Two keys for all tests of a file: making one takes cosign a fifth of a second of scrypt. */
export interface Keys {
  readonly dev: CosignKeyPair
  readonly prod: CosignKeyPair
}

/** A registry, keys, and what signs an image of it: the bundle, as a runner runs it. */
export interface SignSite extends AsyncDisposable {
  readonly registry: TestRegistry
  readonly keys: Keys
  /** Pushes an image that no other test has, and returns its reference by digest. */
  push(path?: string): Promise<string>
  /** Runs the action with the dev key in the env of the step; `inputs` go before. */
  sign(inputs: Readonly<Record<string, string>>, options?: SignOptions): Promise<ActionResult>
  inputsFor(inputs: Readonly<Record<string, string>>, key?: keyof Keys): ActionOptions
}

interface SignOptions extends Omit<ActionOptions, 'inputs'> {
  readonly key?: keyof Keys
}

let images = 0

/** Starts a registry with or without the referrers API. */
export async function startSignSite(options: TestRegistryOptions = {}): Promise<SignSite> {
  const registry = await startRegistry(options)
  const keys = {
    dev: generateCosignKeyPair('canary-dev-password-4T'),
    prod: generateCosignKeyPair('canary-prod-password-9K'),
  }
  const inputsFor: SignSite['inputsFor'] = (inputs, key = 'dev') => ({
    inputs: {
      key: 'env://TIER_KEY',
      password: keys[key].password,
      'public-key': keys[key].publicKey,
      'registry-ca': registry.caPath,
      'registry-username': registry.username,
      'registry-password': registry.password,
      'cosign-path': toolPath('cosign3'),
      'timeout-seconds': '60',
      ...inputs,
    },
    env: { TIER_KEY: keys[key].privateKey },
  })
  return {
    registry,
    keys,
    push: async (path = 'dev/payments') => {
      const digest = await pushImage(registry, path, { seed: `${path} ${images++}` })
      return `${registry.host}/${path}@${digest}`
    },
    sign: (inputs, { key, env, ...rest } = {}) => {
      const step = inputsFor(inputs, key)
      return runAction('cosign-sign', { ...step, ...rest, env: { ...step.env, ...env } })
    },
    inputsFor,
    [Symbol.asyncDispose]: () => registry.stop(),
  }
}

/** What a program printed, and how it ended. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a real cosign as an operator would, with the account of the registry. */
export async function runCosign(
  site: Pick<SignSite, 'registry'>,
  cosign: 'cosign2' | 'cosign3',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return run(toolPath(cosign), args, { ...operatorEnvironment(site), ...env })
}

/** Runs a line of shell as an operator would, with this cosign on PATH. */
export async function runOperatorLine(
  site: Pick<SignSite, 'registry'>,
  cosign: 'cosign2' | 'cosign3',
  line: string,
): Promise<Ran> {
  const directory = temporaryDirectory('operator')
  const link = join(directory, 'cosign')
  writeFileSync(link, `#!/bin/sh\nexec ${toolPath(cosign)} "$@"\n`, { mode: 0o755 })
  const env = { ...operatorEnvironment(site), PATH: `${directory}:${process.env['PATH']}` }
  return run('/bin/sh', ['-c', line], env, directory)
}

function operatorEnvironment({ registry }: Pick<SignSite, 'registry'>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: temporaryDirectory('home'),
    DOCKER_CONFIG: registry.dockerConfigDirectory,
  }
}

async function run(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Ran> {
  const running = promisify(execFile)(path, args, { env, ...(cwd === undefined ? {} : { cwd }) })
  // cosign waits at an open stdin where it wants an answer.
  running.child.stdin?.end()
  try {
    return { exitCode: 0, ...(await running) }
  } catch (error) {
    const { code, stdout, stderr } = Object(error)
    return { exitCode: Number(code), stdout: String(stdout), stderr: String(stderr) }
  }
}
