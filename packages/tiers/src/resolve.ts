import { resolveTier } from './resolve-tier.ts'
import type { Service, Site } from './site.ts'
import type { WrittenSite } from './site-schema.ts'

/** Fills in every default; the rules between values are checked on the result. */
export function resolveSite(written: WrittenSite): Site {
  const { forge, actions, checkout } = written
  const generator = written.generator.replace(/^v/, '')
  const tiers = written.tiers.map((tier, index) =>
    resolveTier(tier, written, index === written.tiers.length - 1),
  )
  return {
    ...{ generator, forge, actions, checkout },
    forgeAddress: (written.forgeAddress ?? new URL(written.gitops.repository).origin).replace(
      /\/$/,
      '',
    ),
    registry: resolveRegistry(written.registry),
    vault: resolveVault(written.vault),
    gitops: resolveGitops(written.gitops),
    policy: resolvePolicy(written.policy),
    owners: written.owners ?? [`@${actions.source.split('/', 1)[0] ?? ''}/maintainers`],
    services: written.services.map(resolveService),
    tiers,
  }
}

function resolveRegistry(written: WrittenSite['registry']): Site['registry'] {
  const { host, ca, plainHttp = false, mirrors = {}, pullSecret } = written
  return { host, ca, plainHttp, mirrors, pullSecret }
}

function resolveVault(written: WrittenSite['vault']): Site['vault'] {
  return {
    address: written.address,
    ca: written.ca,
    namespace: written.namespace,
    auth: written.auth ?? 'kubernetes',
    keys: written.keys ?? 'cosign',
    transit: written.transit ?? 'transit',
    audience: written.audience ?? 'vault',
    token: written.token ?? '/var/run/secrets/vault/token',
  }
}

function resolveGitops(written: WrittenSite['gitops']): Site['gitops'] {
  const { repository, branch = 'main', ca, username = 'tierseal' } = written
  return { repository, branch, ca, username }
}

// The Helm chart of Kyverno leaves these two out of its webhooks (facts: kyverno.md 3).
function resolvePolicy(written: WrittenSite['policy']): Site['policy'] {
  return {
    runbooks: written?.runbooks,
    excludedNamespaces: written?.excludedNamespaces ?? ['kube-system', 'kyverno'],
    exceptions: written?.exceptions ?? [],
  }
}

function resolveService(written: WrittenSite['services'][number]): Service {
  return {
    name: written.name,
    directory: written.directory ?? `services/${written.name}`,
    context: written.context ?? '.',
    dockerfile: written.dockerfile ?? 'Dockerfile',
    target: written.target,
    buildArgs: written.buildArgs ?? {},
    ownWorkflows: written.ownWorkflows ?? [],
  }
}
