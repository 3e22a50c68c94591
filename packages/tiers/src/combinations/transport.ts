import type { Finding } from '../finding.ts'
import type { Site } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'

/** Connections that a protected tier must not have. */
export function transportFindings(site: Site, source: YamlSource): readonly Finding[] {
  const strict = site.tiers.find((tier) => tier.protected)
  const insecure = (path: KeyPath, what: string, help: string): Finding => ({
    ...source.locate(path),
    code: 'TIERS_INSECURE',
    message: `${what}, and tier ${strict?.name ?? ''} is protected`,
    help,
  })
  const siteWide = strict === undefined ? [] : siteFlaws(site, insecure)
  return [...siteWide, ...skippedVerification(site, source), ...redundantCa(site, source)]
}

function siteFlaws(
  site: Site,
  insecure: (path: KeyPath, what: string, help: string) => Finding,
): readonly Finding[] {
  const https = 'Use https://, with the CA of the site where it is private.'
  return [
    ...(site.registry.plainHttp
      ? [
          insecure(
            ['registry', 'plainHttp'],
            'the registry speaks plain HTTP',
            'Give it a certificate, and its CA in registry.ca.',
          ),
        ]
      : []),
    ...(site.vault.address.startsWith('http:')
      ? [insecure(['vault', 'address'], 'Vault is reached by plain HTTP', https)]
      : []),
    ...(site.forgeAddress.startsWith('http:') && !site.gitops.repository.startsWith('http:')
      ? [insecure(['forgeAddress'], 'the forge is reached by plain HTTP', https)]
      : []),
    ...(site.gitops.repository.startsWith('http:')
      ? [
          insecure(
            ['gitops', 'repository'],
            'the GitOps repository is reached by plain HTTP',
            https,
          ),
        ]
      : []),
  ]
}

function skippedVerification({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) =>
    tier.protected && tier.build.skipTlsVerify
      ? [
          {
            ...source.locate(['tiers', index, 'build', 'skipTlsVerify']),
            code: 'TIERS_INSECURE' as const,
            message: `tier ${tier.name} is protected and must check the registry's certificate`,
            help: 'Give the CA of the registry in registry.ca instead.',
          },
        ]
      : [],
  )
}

function redundantCa({ registry }: Site, source: YamlSource): readonly Finding[] {
  if (!registry.plainHttp || registry.ca === undefined) return []
  return [
    {
      ...source.locate(['registry', 'ca']),
      code: 'TIERS_INSECURE',
      message: 'a registry that speaks plain HTTP has no certificate that a CA could vouch for',
      help: 'Drop plainHttp, or drop ca.',
    },
  ]
}
