import type { BuildRequest, Mirror } from '../build-request.ts'
import type { KanikoAbilities, KanikoLayout } from '../executors/executor.ts'
import { flagOf } from './abilities.ts'

// Passed only where the probe saw them. Of the first two nothing depends but how the log looks; the cloud
// providers' helpers of the third would ask metadata servers outside of the site.
const precautions = ['--log-format=text', '--log-timestamp=false', '--credential-helpers='] as const

// Kaniko knows Docker Hub by the name of its index.
const hub = 'index.docker.io'

/**
 * Kaniko's argv, in the form `--flag=value` throughout, so that no value can be read as a flag.
 */
export function kanikoArguments(
  request: BuildRequest,
  layout: KanikoLayout,
  { flags }: KanikoAbilities,
): readonly string[] {
  return [
    // First, so that of a flag that is given twice the last, ours, counts.
    ...request.extraArguments,
    `--context=${layout.context}`,
    `--dockerfile=${request.dockerfile}`,
    ...request.destinations.map(({ text }) => `--destination=${text}`),
    `--digest-file=${layout.digestFile}`,
    `--verbosity=${request.verbosity}`,
    ...precautions.filter((argument) => flags.has(flagOf(argument))),
    ...contentArguments(request),
    ...request.secrets.map(({ id }) => `--secret=id=${id},src=${layout.secretsDirectory}/${id}`),
    ...sourceArguments(request),
    ...accessArguments(request, layout),
    ...layout.ignoredPaths.map((path) => `--ignore-path=${path}`),
    ...layout.ownFlags,
  ]
}

function contentArguments(request: BuildRequest): readonly string[] {
  return [
    ...request.buildArguments.map(({ name, value }) => `--build-arg=${name}=${value}`),
    ...request.labels.map(({ name, value }) => `--label=${name}=${value}`),
    ...(request.target === undefined ? [] : [`--target=${request.target}`]),
    ...(request.platform === undefined ? [] : [`--custom-platform=${request.platform}`]),
    ...(request.reproducible ? ['--reproducible'] : []),
  ]
}

function sourceArguments(request: BuildRequest): readonly string[] {
  const { cacheRepository } = request
  const cache =
    cacheRepository === undefined ? [] : ['--cache=true', `--cache-repo=${cacheRepository}`]
  const maps = effectiveMirrors(request).map(
    ({ registry, replacement }) => `--registry-map=${registry}=${replacement}`,
  )
  return [...cache, ...maps, '--skip-default-registry-fallback']
}

// A base image without a host means Docker Hub to kaniko. Where the site mirrors it nowhere, its own
// registry is asked and says no, rather than a public one.
function effectiveMirrors({ mirrors, destinations }: BuildRequest): readonly Mirror[] {
  const named = mirrors.map((mirror) =>
    mirror.registry === 'docker.io' ? { ...mirror, registry: hub } : mirror,
  )
  if (named.some(({ registry }) => registry === hub)) return named
  return [...named, { registry: hub, replacement: destinations[0].repository.registry }]
}

function accessArguments({ access }: BuildRequest, layout: KanikoLayout): readonly string[] {
  const { ca, clientCertificate, plainHttp, skipTlsVerify } = access
  const hasCa = ca !== undefined || layout.bringsCa === true
  const client = `${layout.clientCertificateFile},${layout.clientKeyFile}`
  return access.hosts.flatMap((host) => [
    ...(hasCa ? [`--registry-certificate=${host}=${layout.caFile}`] : []),
    ...(clientCertificate === undefined ? [] : [`--registry-client-cert=${host}=${client}`]),
    ...(plainHttp ? [`--insecure-registry=${host}`] : []),
    ...(skipTlsVerify ? [`--skip-tls-verify-registry=${host}`] : []),
  ])
}
