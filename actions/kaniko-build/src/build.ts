import { appendSummary, log, maskSecret, type SummaryRow, summaryTable } from '@tierseal/action-kit'
import type { HttpsClientOptions } from '@tierseal/https'
import type { Digest } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { BuildDeadline } from './build-deadline.ts'
import type { BuildRequest } from './build-request.ts'
import { findContext, remoteContext } from './context.ts'
import { writeDigestFile } from './digest-file.ts'
import { composeDockerConfig } from './docker-config.ts'
import type { BuiltImage } from './engine.ts'
import type { GitContext } from './executors/git-context.ts'
import type { BuildInputs } from './inputs.ts'
import { mirrorHost } from './mirror.ts'
import {
  distinctRepositories,
  greetRegistries,
  proveInRegistries,
  proveTls,
} from './registry-proof.ts'
import { selectEngine } from './select-engine.ts'

/** What later steps rely on. */
export interface BuildOutputs {
  readonly digest: Digest
  readonly image: string
  readonly images: readonly string[]
  readonly 'digest-file': string
}

// Of one question to a registry; a build with a shorter deadline has no more.
const questionTimeoutMs = 30_000

/** Builds, pushes, and hands on a digest only when the registry holds it. */
export async function build(inputs: BuildInputs): Promise<BuildOutputs> {
  const startedAt = Date.now()
  const deadline = new BuildDeadline(inputs.timeoutMs, startedAt)
  // As in a container: what a RUN makes has the umask of the engine, and would depend on the runner.
  process.umask(0o022)
  const { directory, dockerfile } =
    inputs.kubernetes.git === undefined
      ? findContext(inputs.context, inputs.dockerfile)
      : remoteContext(inputs.dockerfile)
  const engine = await selectEngine(inputs, directory)
  sayInsecure(inputs)
  const pool = poolOf(inputs)
  try {
    // With TLS verification off there is nothing that this action could prove.
    if (!inputs.skipTlsVerify) await greet(inputs, pool)
    const request = {
      ...inputs,
      context: directory,
      dockerfile,
      deadline,
      access: await accessOf(inputs, pool),
    }
    const built = await engine.build(request)
    if (!inputs.skipTlsVerify) await proveInRegistries(pool, inputs.destinations, built.digest)
    writeDigestFile(inputs.digestFile, built.digest)
    summarise(inputs, built, startedAt)
    return outputsOf(inputs, built.digest)
  } finally {
    await pool.close()
  }
}

async function greet(inputs: BuildInputs, pool: RegistryPool): Promise<void> {
  await greetRegistries(pool, inputs.destinations)
  const greeted = inputs.destinations.map(({ repository }) => repository.registry)
  const others = hostsOf(inputs).filter((host) => !greeted.includes(host))
  if (!inputs.plainHttp) await proveTls(others, connectionOf(inputs))
}

function connectionOf({ ca, clientCertificate, timeoutMs }: BuildInputs): HttpsClientOptions {
  return { ca, clientCertificate, timeoutMs: Math.min(questionTimeoutMs, timeoutMs) }
}

function poolOf(inputs: BuildInputs): RegistryPool {
  const { credentials, plainHttp } = inputs
  const connection = { ...connectionOf(inputs), credentials, plainHttp }
  return new RegistryPool({ ...connection, onSecret: maskSecret })
}

async function accessOf(inputs: BuildInputs, pool: RegistryPool): Promise<BuildRequest['access']> {
  const { ca, clientCertificate, plainHttp, skipTlsVerify, credentials } = inputs
  // With TLS verification off no registry was greeted; opening a client asks nothing.
  for (const { repository } of inputs.destinations) await pool.client(repository.registry)
  const hosts = hostsOf(inputs)
  const dockerConfig = await composeDockerConfig(credentials, hosts, pool.credentials)
  return { ca, clientCertificate, plainHttp, skipTlsVerify, hosts, dockerConfig }
}

function hostsOf({ destinations, cacheRepository, mirrors }: BuildInputs): readonly string[] {
  const cacheHost = cacheRepository?.split('/')[0]
  return [
    ...new Set([
      ...destinations.map(({ repository }) => repository.registry),
      ...(cacheHost === undefined ? [] : [cacheHost]),
      ...mirrors.map(mirrorHost),
    ]),
  ]
}

function sayInsecure(inputs: BuildInputs): void {
  for (const name of insecureSwitches(inputs)) {
    log.warning(`${name}: the connection to ${hostsOf(inputs).join(', ')} is not protected.`)
  }
}

function insecureSwitches({ plainHttp, skipTlsVerify }: BuildInputs): readonly string[] {
  return [...(plainHttp ? ['plain-http'] : []), ...(skipTlsVerify ? ['skip-tls-verify'] : [])]
}

function summarise(inputs: BuildInputs, built: BuiltImage, startedAt: number): void {
  const insecure = insecureSwitches(inputs)
  const unproven = inputs.skipTlsVerify ? 'not proven: skip-tls-verify' : undefined
  const rows: SummaryRow[] = [
    ['digest', built.digest],
    ...inputs.destinations.map(({ text }): SummaryRow => ['pushed to', text]),
    ...(inputs.kubernetes.git === undefined ? [] : [contextRow(inputs.kubernetes.git)]),
    ['engine', built.builtBy],
    ['duration', `${((Date.now() - startedAt) / 1000).toFixed(1)} s`],
    ['in the registry', unproven ?? 'proven'],
    ...(insecure.length === 0 ? [] : [['INSECURE', insecure.join(', ')] as const]),
    ...(built.unprotected === undefined ? [] : [['RUNNER WRITABLE', built.unprotected] as const]),
  ]
  appendSummary(summaryTable('Image built', rows))
  const image = `${inputs.destinations[0].name}@${built.digest}`
  log.info(unproven === undefined ? `${image} is in the registry` : `${image} is ${unproven}`)
}

function contextRow({ repository, commit, folder }: GitContext): SummaryRow {
  return ['built from', `${repository} ${commit}${folder === '' ? '' : `, folder ${folder}`}`]
}

function outputsOf(inputs: BuildInputs, digest: Digest): BuildOutputs {
  const images = distinctRepositories(inputs.destinations).map(({ name }) => `${name}@${digest}`)
  const image = `${inputs.destinations[0].name}@${digest}`
  return { digest, image, images, 'digest-file': inputs.digestFile }
}
