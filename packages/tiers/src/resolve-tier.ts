import type { Tier } from './site.ts'
import type { WrittenSite } from './site-schema.ts'
import type { WrittenTier } from './tier-schema.ts'
import { isOlder } from './version.ts'

/** Makes every value that was not written from the name of the tier. */
export function resolveTier(written: WrittenTier, site: WrittenSite, isLast: boolean): Tier {
  const { name } = written
  const registryPath = written.registryPath ?? name
  const serviceAccount = {
    name: written.serviceAccount?.name ?? 'ci-signer',
    namespace: written.serviceAccount?.namespace ?? `ci-${name}`,
  }
  return {
    ...{ name, registryPath, serviceAccount, branch: written.branch, cluster: written.cluster },
    argocdDestination: written.argocdDestination ?? written.cluster,
    protected: written.protected ?? isLast,
    runner: written.runner ?? `${name}-signer`,
    registryCredentials: written.registryCredentials ?? siteCredentials(site, name),
    imagePrefix: `${site.registry.host}/${registryPath}/`,
    overlay: written.overlay ?? `${site.gitops.overlays ?? 'overlays'}/${name}`,
    namespace: written.namespace ?? `apps-${name}`,
    kyverno: written.kyverno,
    policyKind: isOlder(written.kyverno, '1.19') ? 'ClusterPolicy' : 'ImageValidatingPolicy',
    argocd: written.argocd,
    argocdNamespace: written.argocdNamespace ?? 'argocd',
    signature: {
      format: written.signature?.format ?? 'bundle',
      cosign: written.signature?.cosign ?? '3',
    },
    vault: resolveVault(written.vault, name),
    build: resolveBuild(written.build, name),
    pin: resolvePin(written, site),
    sourceIntegrity: resolveIntegrity(written.sourceIntegrity),
    trialImages: written.trialImages,
    platformImages: resolvePlatformImages(written, site),
  }
}

// A build pod runs in the tier's cluster too, where the rule for foreign images would refuse it.
function resolvePlatformImages({ platformImages = [], build }: WrittenTier, site: WrittenSite) {
  const builder = build?.executor === 'kubernetes' ? build.image : undefined
  const written = [...(site.policy?.platformImages ?? []), ...platformImages]
  return [...new Set(builder === undefined ? written : [...written, builder])]
}

function siteCredentials(site: WrittenSite, tier: string): Tier['registryCredentials'] {
  return (
    site.registry.credentials ?? {
      username: ownSecret('REGISTRY_USERNAME', tier),
      password: ownSecret('REGISTRY_PASSWORD', tier),
    }
  )
}

// The tier comes last: a forge takes no secret whose name starts with its own.
function ownSecret(what: string, tier: string): string {
  return `${what}_${tier.toUpperCase().replaceAll('-', '_')}`
}

function resolveVault(written: WrittenTier['vault'], tier: string): Tier['vault'] {
  return {
    role: written?.role ?? `ci-signer-${tier}`,
    policy: written?.policy ?? `cosign-${tier}`,
    path: written?.path ?? `tiers/${tier}`,
    publicPath: written?.publicPath ?? `public/${tier}`,
    handover: written?.handover ?? 'wrapped',
    transitKey: written?.transitKey ?? `cosign-${tier}`,
  }
}

function resolveBuild(written: WrittenTier['build'], tier: string): Tier['build'] {
  return {
    engine: written?.engine ?? 'kaniko',
    executor: written?.executor ?? 'sandbox',
    namespace: written?.namespace ?? `builds-${tier}`,
    image: written?.image,
    pushSecret: written?.pushSecret ?? 'registry-push',
    caConfigMap: written?.caConfigMap ?? 'registry-ca',
    serviceAccount: written?.serviceAccount,
    requests: written?.requests ?? {},
    limits: written?.limits ?? {},
    nodeSelector: written?.nodeSelector ?? {},
    timeoutSeconds: written?.timeoutSeconds ?? 1800,
    skipTlsVerify: written?.skipTlsVerify ?? false,
  }
}

function resolvePin({ name, pin, sourceIntegrity }: WrittenTier, site: WrittenSite): Tier['pin'] {
  // Argo CD syncs no unsigned commit into a tier that asks for source integrity: the pin step then signs.
  const own = sourceIntegrity === undefined ? undefined : ownSecret('GITOPS_SIGNING_KEY', name)
  return {
    mode: pin?.mode ?? 'push',
    token: pin?.token ?? site.gitops.token ?? ownSecret('GITOPS_TOKEN', name),
    signingKey: pin?.signingKey ?? own,
    signingPassphrase: pin?.signingPassphrase,
  }
}

function resolveIntegrity(written: WrittenTier['sourceIntegrity']): Tier['sourceIntegrity'] {
  return written === undefined ? undefined : { keys: written.keys, mode: written.mode ?? 'head' }
}
