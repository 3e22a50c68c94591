/** An action repository pinned by commit. */
export interface PinnedAction {
  readonly source: string
  readonly version: string
  readonly sha: string
}

/** Names of two forge secrets. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface Service {
  readonly name: string
  /** Where its generated files go, relative to tiers.yaml; `.` for a site of one service. */
  readonly directory: string
  readonly context: string
  readonly dockerfile: string
  readonly target: string | undefined
  readonly buildArgs: Readonly<Record<string, string>>
  /** Names of workflows that are not generated and may stand beside those that are. */
  readonly ownWorkflows: readonly string[]
}

export type SignatureFormat = 'bundle' | 'legacy' | 'oci-1-1'

/** What generates the policies: ImageValidatingPolicy from Kyverno 1.19, ClusterPolicy before. */
export type PolicyKind = 'ImageValidatingPolicy' | 'ClusterPolicy'

/** One tier with every default filled in. */
export interface Tier {
  readonly name: string
  readonly protected: boolean
  readonly branch: string
  readonly runner: string
  readonly serviceAccount: { readonly name: string; readonly namespace: string }
  readonly registryPath: string
  readonly registryCredentials: Credentials
  /** The images of the tier: `host/path/`, ending in a slash so that no other path starts with it. */
  readonly imagePrefix: string
  readonly overlay: string
  readonly cluster: string
  /** The cluster as Argo CD names it. */
  readonly argocdDestination: string
  readonly namespace: string
  readonly kyverno: string
  readonly policyKind: PolicyKind
  readonly argocd: string
  readonly argocdNamespace: string
  readonly signature: { readonly format: SignatureFormat; readonly cosign: '2' | '3' }
  readonly vault: {
    readonly role: string
    readonly policy: string
    readonly path: string
    readonly publicPath: string
    readonly handover: 'wrapped' | 'transit' | 'file'
    readonly transitKey: string
  }
  readonly build: {
    readonly engine: 'kaniko' | 'buildah'
    readonly executor: 'sandbox' | 'in-place' | 'kubernetes'
    readonly namespace: string
    readonly image: string | undefined
    readonly pushSecret: string
    readonly caConfigMap: string
    readonly serviceAccount: string | undefined
    readonly requests: Readonly<Record<string, string>>
    readonly limits: Readonly<Record<string, string>>
    readonly nodeSelector: Readonly<Record<string, string>>
    readonly timeoutSeconds: number
    readonly skipTlsVerify: boolean
  }
  readonly pin: {
    readonly mode: 'push' | 'pull-request'
    readonly token: string
    readonly signingKey: string | undefined
    readonly signingPassphrase: string | undefined
  }
  readonly sourceIntegrity:
    | { readonly keys: readonly string[]; readonly mode: 'head' | 'strict' }
    | undefined
  /** A signed image and an unsigned one, by digest, that the generated suite puts to the policies. */
  readonly trialImages: { readonly signed: string; readonly unsigned: string } | undefined
  /** Images by digest admitted beside the tier's own, those of the site and that of its build pods included. */
  readonly platformImages: readonly string[]
}

/** tiers.yaml with every default filled in. */
export interface Site {
  readonly generator: string
  readonly forge: 'gitea' | 'github'
  /** Without a slash at its end. */
  readonly forgeAddress: string
  readonly actions: PinnedAction
  readonly checkout: PinnedAction
  readonly registry: {
    readonly host: string
    readonly ca: string | undefined
    readonly plainHttp: boolean
    /** By registry: what answers in its place. */
    readonly mirrors: Readonly<Record<string, string>>
    readonly pullSecret: string | undefined
  }
  readonly vault: {
    readonly address: string
    readonly ca: string | undefined
    readonly namespace: string | undefined
    readonly auth: string
    readonly keys: string
    readonly transit: string
    readonly audience: string
    readonly token: string
  }
  readonly gitops: {
    readonly repository: string
    readonly branch: string
    readonly ca: string | undefined
    readonly username: string
  }
  readonly policy: {
    readonly runbooks: string | undefined
    readonly excludedNamespaces: readonly string[]
    readonly exceptions: readonly string[]
  }
  readonly owners: readonly string[]
  readonly services: readonly Service[]
  readonly tiers: readonly Tier[]
}
