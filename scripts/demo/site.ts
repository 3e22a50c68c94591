import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { renderSite } from '@tierseal/generator'
import { noImageDigest } from '@tierseal/oci'
import { loadSite } from '@tierseal/tiers'
import { stringify } from 'yaml'
import { root } from '../root.ts'
import { type Parts, type TierName, tierNames } from './parts.ts'

export const serviceName = 'hello'

/** The files that maintainers and owners would have in their repositories. */
export interface SiteFiles {
  /** The service's checkout, its generated workflows with it. */
  readonly service: string
  /** The commit of the service that the workflow runs for, which is the tag of its image. */
  readonly commit: string
  /** Files of one tier's admission policies. */
  readonly policies: (tier: TierName) => readonly string[]
  readonly gitopsUrl: string
  /** `owner/name@sha` to the folder that stands for it. */
  readonly actionRepositories: Readonly<Record<string, string>>
  readonly serviceAccountToken: string
}

export interface Release {
  readonly directory: string
  readonly sha: string
}

/** Writes tiers.yaml, generates from it, and makes the service and the GitOps repository. */
export function writeSite(directory: string, parts: Parts, release: Release): SiteFiles {
  const serviceAccountToken = join(directory, 'vault-token')
  const gitopsUrl = parts.git.createRepository('deployments', gitopsFiles(parts))
  const text = stringify(siteOf(parts, release, gitopsUrl, serviceAccountToken))
  const { site } = loadSite('tiers.yaml', text)
  const keys = new Map(tierNames.map((tier) => [tier, [parts.keys[tier].publicKey]]))
  const files = renderSite(site, keys)
  const service = join(directory, 'service')
  cpSync(join(root, 'examples', 'service'), service, { recursive: true })
  const dockerfile = join(service, 'Dockerfile')
  const source = readFileSync(dockerfile, 'utf8')
  writeFileSync(dockerfile, source.replaceAll('registry.internal:5000', parts.registry.host))
  for (const { path, text } of files) write(join(directory, 'service'), path, text)
  const sha = commitAll(service)
  const kyverno = (tier: TierName): readonly string[] =>
    files
      .map(({ path }) => path)
      .filter((path) =>
        new RegExp(`^platform/${tier}/kyverno/(images|foreign-images)\\.yaml$`).test(path),
      )
      .map((path) => join(service, path))
  return {
    service,
    commit: sha,
    policies: kyverno,
    gitopsUrl,
    actionRepositories: { [`org/actions@${release.sha}`]: release.directory },
    serviceAccountToken,
  }
}

function siteOf(parts: Parts, release: Release, gitops: string, token: string): unknown {
  const { registry, vault, caPath: ca } = parts
  const tier = (name: TierName, branch: string): unknown => ({
    name,
    branch,
    cluster: `https://${name}.cluster.internal:6443`,
    kyverno: '1.19',
    argocd: '3.2',
    // No kaniko comes from a registry of packages; the action is the same.
    build: { engine: 'buildah' },
  })
  return {
    generator: '1.0.0',
    forge: 'gitea',
    actions: { source: 'org/actions', version: 'v1.0.0', sha: release.sha },
    // The engine's command line stands in for the checkout by copying the repository (facts: lab.md).
    checkout: { source: 'actions/checkout', version: 'v6.0.0', sha: release.sha },
    registry: { host: registry.host, ca },
    vault: { address: vault.address, ca, token },
    gitops: { repository: gitops, ca },
    services: [{ name: serviceName, directory: '.' }],
    tiers: [tier('dev', 'develop'), tier('prod', 'main')],
  }
}

function gitopsFiles(parts: Parts): Readonly<Record<string, string>> {
  const image = (tier: TierName): string => `${parts.registry.host}/${tier}/${serviceName}`
  const overlays = tierNames.map((tier) => [
    `overlays/${tier}/${serviceName}/kustomization.yaml`,
    overlay(tier, image(tier)),
  ])
  return {
    [`base/${serviceName}/kustomization.yaml`]: 'resources:\n  - deployment.yaml\n',
    [`base/${serviceName}/deployment.yaml`]: deployment,
    ...Object.fromEntries(overlays),
  }
}

function overlay(tier: TierName, image: string): string {
  return `# The overlay of ${tier}; the digest below is written by the pin step alone.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: apps-${tier}
resources:
  - ../../../base/${serviceName}
images:
  - name: ${serviceName} # the name in the base
    newName: ${image}
    digest: ${noImageDigest}
`
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${serviceName}
spec:
  selector: { matchLabels: { app: ${serviceName} } }
  template:
    metadata: { labels: { app: ${serviceName} } }
    spec:
      containers:
        - name: ${serviceName}
          image: ${serviceName}
`

function write(directory: string, path: string, text: string): void {
  const file = join(directory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function commitAll(repository: string): string {
  const git = (...args: string[]): string => {
    const identity = ['-c', 'user.name=demo', '-c', 'user.email=demo@invalid']
    return execFileSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8' })
  }
  git('init', '--quiet', '--initial-branch=develop')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Say hello')
  return git('rev-parse', 'HEAD').trim()
}
