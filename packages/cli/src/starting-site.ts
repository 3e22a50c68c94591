import { generatorVersion } from '@tierseal/tiers'

export interface StartingSite {
  readonly forge: string
  /** The most protected last. */
  readonly tiers: readonly string[]
  readonly services: readonly string[]
  /** `host` or `host:port`. */
  readonly registry: string
  readonly vault: string
  /** The HTTPS address of the GitOps repository. */
  readonly gitops: string
}

// No commit has this name: update-actions puts the real one in.
const noCommit = '0'.repeat(40)

/** A tiers.yaml to start from: complete, so that generate works; what was not asked is still to be set. */
export function startingSite(site: StartingSite): string {
  return `# yaml-language-server: $schema=./tiers.schema.json
# One file for the whole site. After a change: tierseal generate, and commit what it wrote.
generator: ${generatorVersion}
forge: ${site.forge}

# Mirrored on your forge. \`tierseal update-actions\` resolves each version to its commit.
actions:
  source: platform/actions
  version: v${generatorVersion}
  sha: "${noCommit}"
checkout:
  source: actions/checkout
  version: v5.0.0
  sha: "${noCommit}"

# Files named here are files on the runner.
registry:
  host: ${site.registry}
  ca: /etc/tierseal/registry-ca.pem
vault:
  address: ${site.vault}
  ca: /etc/tierseal/vault-ca.pem
gitops:
  repository: ${site.gitops}
  ca: /etc/tierseal/git-ca.pem

# Where your forge shows docs/runbooks of tierseal: a refusal names its page there.
# policy:
#   runbooks: https://git.internal/platform/tierseal/src/branch/main/docs/runbooks

services:
${site.services.map((name) => `  - name: ${name}`).join('\n')}

# In order of protection: the last is the most protected. What is not written is made from the name.
tiers:
${site.tiers.map(tierText).join('\n')}
`
}

function tierText(name: string, index: number, all: readonly string[]): string {
  const branch = index === all.length - 1 ? 'main' : name
  return `  - name: ${name}
    branch: ${branch}
    cluster: https://${name}.internal:6443
    kyverno: "1.19"
    argocd: "3.2"`
}
