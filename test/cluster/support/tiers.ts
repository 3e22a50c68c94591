import { hostOf, labPath, siteCa } from '@tierseal/test-kit/lab'

/** What differs between the sites of the suite. */
export interface SiteVariant {
  readonly actionsSha: string
  readonly checkoutSha: string
  /** `1.18` gives ClusterPolicies, `1.19` ImageValidatingPolicies. */
  readonly kyverno: '1.18' | '1.19'
  readonly format: 'bundle' | 'legacy' | 'oci-1-1'
  readonly handover: 'wrapped' | 'transit' | 'file'
  /** The CNCF registry, or the one with the referrers API. */
  readonly registry: 'registry' | 'referrersRegistry'
  /** How images are built, as tiers.yaml has it. */
  readonly build: string
}

/** The organisation with the actions. `org` itself is a name that Gitea keeps for its own pages. */
export const actionsOwner = 'ci'

/** The one cluster of the lab, as Argo CD names its own; it is the dev tier's. */
const labCluster = 'https://kubernetes.default.svc'

/** Where a runner of the lab finds the token of its tier; each runner sees its own folder there. */
export const tokenFile: string = labPath('runner', 'vault', 'token')

/** tiers.yaml of the lab: dev is the tier whose cluster is there, prod the one that dev must not touch. */
export function tiersYaml({
  actionsSha,
  checkoutSha,
  kyverno,
  format,
  handover,
  registry,
  build,
}: SiteVariant): string {
  const cosign = format === 'oci-1-1' ? '2' : '3'
  const signature = `{ format: ${format}, cosign: "${cosign}" }`
  const tier = `kyverno: "${kyverno}", argocd: "3.2", signature: ${signature}`
  // Apart from the pair in KV, so that both are there at once.
  const publicPath = handover === 'transit' ? ', publicPath: transit/NAME' : ''
  const vault = `vault: { handover: ${handover}${publicPath} }`
  const rest = `${tier}, ${vault}, build: ${build}`
  const restOf = (name: string): string => rest.replace('NAME', name)
  return `generator: 1.0.0
forge: gitea
actions: { source: ${actionsOwner}/actions, version: 1.0.0, sha: "${actionsSha}" }
checkout: { source: ${actionsOwner}/checkout, version: 1.0.0, sha: "${checkoutSha}" }
registry: { host: "${hostOf(registry)}", ca: ${siteCa}, pullSecret: registry-credentials }
vault: { address: "https://${hostOf('vault')}", ca: ${siteCa}, token: ${tokenFile} }
gitops:
  repository: "https://${hostOf('gitea')}/platform/deployments.git"
  ca: ${siteCa}
  username: platform
policy: { excludedNamespaces: [kube-system, kyverno, builds] }
services: [{ name: shop }]
tiers:
  - { name: dev, branch: develop, cluster: "${labCluster}", ${restOf('dev')} }
  - { name: prod, branch: main, cluster: "https://prod.internal:6443", ${restOf('prod')} }
`
}
