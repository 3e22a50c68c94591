const tiers = ['dev', 'staging', 'prod']

/** The text of a tiers.yaml with this many services and three tiers. */
export function siteOf(services: number): string {
  const names = Array.from({ length: services }, (_, index) => `  - { name: service-${index} }`)
  const sha = '0123456789abcdef0123456789abcdef01234567'
  return [
    'generator: 1.0.0',
    'forge: gitea',
    `actions: { source: platform/actions, version: v1.0.0, sha: ${sha} }`,
    `checkout: { source: actions/checkout, version: v6.0.0, sha: ${sha} }`,
    'registry: { host: registry.internal:5000, ca: /etc/tierseal/registry-ca.pem }',
    'vault: { address: https://vault.internal:8200, ca: /etc/tierseal/vault-ca.pem }',
    'gitops: { repository: https://git.internal/platform/deployments.git }',
    'services:',
    ...names,
    'tiers:',
    ...tiers.map(
      (name) =>
        `  - { name: ${name}, branch: ${name}, cluster: https://${name}.internal:6443, kyverno: "1.19", argocd: "3.2" }`,
    ),
    '',
  ].join('\n')
}
