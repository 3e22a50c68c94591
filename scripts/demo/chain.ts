import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { noImageDigest } from '@tierseal/oci'
import { type ToolName, toolPath } from '@tierseal/test-kit'
import { parseAllDocuments, stringify } from 'yaml'
import { type Admission, judge } from './admission.ts'
import type { Parts, TierName } from './parts.ts'
import type { Link } from './report.ts'
import { runJob, type StepRun } from './runner-engine.ts'
import { type SiteFiles, serviceName } from './site.ts'

/** What the runner image of a site has on PATH, by the name that the actions look for. */
const runnerTools: Readonly<Record<string, ToolName>> = {
  buildah: 'buildah',
  cosign: 'cosign3',
  kustomize: 'kustomize',
}

/** A commit on its way to admission. */
export interface ChainRun {
  readonly links: readonly Link[]
  /** repository@digest as the overlay pins it; undefined where the job failed. */
  readonly image: string | undefined
}

/** Runs the dev workflow for the commit, then lets Kyverno judge what the pinned overlay renders. */
export async function runChain(
  directory: string,
  parts: Parts,
  files: SiteFiles,
  onLink: (link: Link) => void,
): Promise<ChainRun> {
  const links: Link[] = []
  const add = (link: Link): void => {
    links.push(link)
    onLink(link)
  }
  const jwt = parts.reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' })
  writeFileSync(files.serviceAccountToken, jwt, { mode: 0o600 })
  const job = await runJob({
    enginePath: toolPath('act'),
    repository: files.service,
    workflow: '.gitea/workflows/deploy-dev.yaml',
    runnerLabel: 'dev-signer',
    actionRepositories: files.actionRepositories,
    secretFile: writeSecrets(directory, parts),
    cacheDirectory: join(directory, 'engine'),
    transcript: join(directory, 'engine.log'),
    env: { PATH: runnerPath(directory), HOME: directory, GITEA_ACTIONS: 'true' },
    onStep: (step) => add(linkOf(step)),
  })
  if (!job.succeeded) return { links, image: undefined }
  const image = pinnedImage(parts)
  add({
    name: 'pinned',
    ok: image !== undefined,
    milliseconds: 0,
    detail: image ?? 'the overlay pins nothing',
  })
  if (image === undefined) return { links, image }
  const startedAt = Date.now()
  const verdict = judge(
    admissionOf(directory, parts, files, 'dev'),
    'chain',
    podOf(renderOverlay(directory, parts)),
  )
  const ok = verdict.decision === 'admitted'
  const detail = ok ? 'Kyverno admits the pod' : verdict.reasons.join('; ')
  add({ name: 'admit', ok, milliseconds: Date.now() - startedAt, detail })
  return { links, image }
}

/** How Kyverno judges the pods of a tier, with the site's CA and credentials. */
export function admissionOf(
  directory: string,
  parts: Parts,
  files: SiteFiles,
  tier: TierName,
): Admission {
  return {
    kyvernoPath: toolPath('kyverno'),
    policies: files.policies(tier),
    workDirectory: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      DOCKER_CONFIG: parts.registry.dockerConfigDirectory,
      SSL_CERT_FILE: parts.caPath,
    },
  }
}

/** A pod of one container, in the tier's namespace. */
export function podWith(image: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: serviceName, namespace: 'apps-dev' },
    spec: { containers: [{ name: serviceName, image }] },
  })
}

// The pod that the Deployment's controller would create is what admission sees.
function podOf(manifests: string): string {
  const documents = parseAllDocuments(manifests).map((document) => document.toJS())
  const { spec, metadata } = documents.find(({ kind }) => kind === 'Deployment')
  const { namespace } = metadata
  const { template } = spec
  const pod = { ...template.metadata, name: `${serviceName}-0`, namespace }
  return stringify({ apiVersion: 'v1', kind: 'Pod', metadata: pod, spec: template.spec })
}

function renderOverlay(directory: string, parts: Parts): string {
  const checkout = join(directory, 'deployments')
  const bare = parts.git.bareDirectory('deployments')
  execFileSync('git', ['clone', '--quiet', bare, checkout], { stdio: 'pipe' })
  const overlay = join(checkout, 'overlays', 'dev', serviceName)
  return execFileSync(toolPath('kustomize'), ['build', overlay], { encoding: 'utf8' })
}

function pinnedImage(parts: Parts): string | undefined {
  const overlay = parts.git.readFile(
    'deployments',
    `overlays/dev/${serviceName}/kustomization.yaml`,
  )
  const digest = /^ {4}digest: (sha256:[0-9a-f]{64})$/m.exec(overlay ?? '')?.[1]
  const pinned = digest !== undefined && digest !== noImageDigest
  return pinned ? `${parts.registry.host}/dev/${serviceName}@${digest}` : undefined
}

function linkOf({ name, result, milliseconds, log }: StepRun): Link {
  const ok = result === 'success'
  if (result === 'skipped')
    return { name, ok, milliseconds, detail: 'skipped, for a link before it failed' }
  return { name, ok, milliseconds, detail: ok ? lastLine(log) : errorOf(log) }
}

// What cosign-sign tells an operator, after what it has done.
const forOperators = /^(?:Fingerprint of the public key|Verify with): /

function lastLine(log: readonly string[]): string {
  const isTold = (line: string): boolean => !line.startsWith('::') && !forOperators.test(line)
  return log.findLast((line) => line.trim() !== '' && isTold(line)) ?? ''
}

function errorOf(log: readonly string[]): string {
  const error = log.find((line) => line.startsWith('::error::'))
  return error?.slice('::error::'.length).replaceAll('%0A', ' ') ?? log.slice(-3).join(' ')
}

function writeSecrets(directory: string, { registry, git }: Parts): string {
  const path = join(directory, 'secrets')
  const secrets = {
    REGISTRY_USERNAME_DEV: registry.username,
    REGISTRY_PASSWORD_DEV: registry.password,
    GITOPS_TOKEN_DEV: git.token,
  }
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(path, lines.join(''), { mode: 0o600 })
  return path
}

// A runner image's PATH: the tools of the chain, node and the system, and no docker.
function runnerPath(directory: string): string {
  const tools = join(directory, 'tools')
  mkdirSync(tools)
  for (const [name, tool] of Object.entries(runnerTools))
    symlinkSync(toolPath(tool), join(tools, name))
  return [tools, dirname(process.execPath), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(
    delimiter,
  )
}
