import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  certificateFiles,
  giteaUrl,
  hostOf,
  kubectl,
  type LabState,
  labPath,
  program,
  siteCa,
  startDaemon,
  stopDaemon,
} from '@tierseal/test-kit/lab'
import { gitea } from './forge.ts'
import { tokenFile } from './tiers.ts'

/** What is different about a runner. */
export interface RunnerOptions {
  /** The cosign of its image; that of the tier, as tiers.yaml says. */
  readonly cosign?: 'cosign2' | 'cosign3'
  /** More of its environment, which every step inherits. */
  readonly env?: Readonly<Record<string, string>>
  /** Gives it the API token of its account, where the generated patch of a runner with build pods mounts it. */
  readonly buildPods?: boolean
}

/**
 * Starts the runner of a tier: the engine of act_runner, fed by Gitea's own protocol, with the tier's service
 * account token at the place where a projected volume would put it. A mount namespace of its own keeps each
 * runner from seeing the token of the other.
 */
export async function startRunner(
  state: LabState,
  tier: string,
  options: RunnerOptions = {},
): Promise<void> {
  await renewToken(tier)
  for (const directory of [dirname(tokenFile), work(tier), join(work(tier), 'home')]) {
    mkdirSync(directory, { recursive: true })
  }
  const api = options.buildPods === true ? await apiMounts(tier) : []
  const mount = ['mount --bind "$1" "$2"', ...api, 'shift 2', 'exec "$@"'].join(' && ')
  const engine = [program('runner-engine'), `-instance=${giteaUrl}`, `-name=${tier}`]
  const settings = [`-labels=${tier}-signer`, `-workdir=${work(tier)}`]
  const unshare = ['--mount', '--propagation=private', 'sh', '-c', mount, 'sh']
  const args = [...unshare, tokenDirectory(tier), dirname(tokenFile), ...engine, ...settings]
  const env = await environment(state, tier, options)
  startDaemon(state, `runner-${tier}`, 'unshare', args, { env })
}

/** Ends the runner of a tier, and with it the job that it runs. */
export function stopRunner(state: LabState, tier: string): Promise<void> {
  return stopDaemon(state, `runner-${tier}`)
}

// A runner in a pod has a /run of its own; nothing of this machine's is changed.
async function apiMounts(tier: string): Promise<readonly string[]> {
  const directory = labPath('runner', 'api', tier)
  const files = {
    token: await kubectl([...createToken(tier), '--duration=1h']),
    'ca.crt': readFileSync(certificateFiles.clusterCa, 'utf8'),
    namespace: `ci-${tier}`,
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  const target = '/run/secrets/kubernetes.io/serviceaccount'
  return ['mount -t tmpfs tmpfs /run', `mkdir -p ${target}`, `mount --bind ${directory} ${target}`]
}

/** Writes a fresh token of the tier's service account: real, with Vault's audience, for ten minutes. */
async function renewToken(tier: string): Promise<string> {
  mkdirSync(tokenDirectory(tier), { recursive: true, mode: 0o700 })
  const token = await serviceAccountToken(tier)
  writeFileSync(join(tokenDirectory(tier), 'token'), token, { mode: 0o600 })
  return token
}

/** A token of the tier's signer, as the kubelet would project it. */
export async function serviceAccountToken(tier: string, audience = 'vault'): Promise<string> {
  return (await kubectl([...createToken(tier), `--audience=${audience}`, '--duration=10m'])).trim()
}

function createToken(tier: string): readonly string[] {
  return ['-n', `ci-${tier}`, 'create', 'token', 'ci-signer']
}

function work(tier: string): string {
  return labPath('runner', tier)
}

function tokenDirectory(tier: string): string {
  return labPath('runner', 'tokens', tier)
}

async function environment(
  state: LabState,
  tier: string,
  { cosign = 'cosign3', env = {} }: RunnerOptions,
): Promise<Record<string, string>> {
  const registration = await gitea(state, 'POST', 'admin/actions/runners/registration-token')
  const token = /"token":"([^"]+)"/.exec(JSON.stringify(registration))?.[1] ?? ''
  const [apiHost = '', apiPort = ''] = hostOf('apiserver').split(':')
  return {
    RUNNER_REGISTRATION_TOKEN: token,
    PATH: `${imagePrograms(cosign)}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: join(work(tier), 'home'),
    USER: 'root',
    // What a runner image has in its system store.
    SSL_CERT_FILE: siteCa,
    GIT_SSL_CAINFO: siteCa,
    // What kubelet gives every pod.
    KUBERNETES_SERVICE_HOST: apiHost,
    KUBERNETES_SERVICE_PORT: apiPort,
    ...env,
  }
}

/** A folder with the programs of a runner image, under the names that actions look for. */
function imagePrograms(cosign: 'cosign2' | 'cosign3'): string {
  const directory = labPath('runner', `bin-${cosign}`)
  if (existsSync(directory)) return directory
  const unfinished = `${directory}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  const wanted = { cosign, kustomize: 'kustomize', buildah: 'buildah', kubectl: 'kubectl' } as const
  for (const [name, tool] of Object.entries(wanted)) {
    symlinkSync(program(tool), join(unfinished, name))
  }
  renameSync(unfinished, directory)
  return directory
}
