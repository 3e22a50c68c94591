export interface SiteTextOptions {
  readonly vault?: string
  readonly registry?: string
  readonly platformImages?: readonly string[]
  /** Kyverno of tier dev; before 1.19 its signatures are of format legacy. */
  readonly kyverno?: string
  readonly trialImages?: { readonly signed: string; readonly unsigned: string }
}

/** A tiers.yaml of two tiers for servers that a test started: dev with a key in KV, prod with transit. */
export function siteText(options: SiteTextOptions = {}): string {
  const { vault = 'https://vault.internal:8200', registry = 'registry.internal:5000' } = options
  const { platformImages = [], kyverno = '1.19' } = options
  const legacy = kyverno === '1.19' ? '' : '\n    signature: { format: legacy }'
  const trials =
    options.trialImages === undefined
      ? ''
      : `\n    trialImages: ${JSON.stringify(options.trialImages)}`
  return `generator: 1.0.0
forge: gitea
actions: { source: platform/actions, version: v1.0.0, sha: 3f1d2c4b5a69788796a5b4c3d2e1f00112233445 }
checkout: { source: actions/checkout, version: v5.0.0, sha: 08c6903cd8c0fde910a37f88322edcfb5dd907a8 }
registry: { host: "${registry}" }
vault: { address: "${vault}" }
gitops: { repository: "https://git.internal/platform/deployments.git" }
policy: { platformImages: ${JSON.stringify(platformImages)} }
services:
  - name: payments
tiers:
  - name: dev
    branch: develop
    cluster: https://dev.internal:6443
    kyverno: "${kyverno}"
    argocd: "3.2"${legacy}${trials}
  - name: prod
    branch: main
    cluster: https://prod.internal:6443
    kyverno: "1.19"
    argocd: "3.2"
    vault: { handover: transit }
`
}
