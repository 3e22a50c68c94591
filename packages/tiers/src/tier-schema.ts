import { z } from 'zod'
import { credentials } from './credentials-schema.ts'
import {
  branch,
  httpsAddress,
  imageText,
  labelValue,
  minorVersion,
  name,
  namespace,
  openpgpKeyId,
  path,
  qualifiedName,
  quantity,
  registryPath,
  runnerLabel,
  secretName,
} from './scalars.ts'

const signature = z
  .strictObject({
    format: z
      .enum(['bundle', 'legacy', 'oci-1-1'])
      .optional()
      .describe('How signatures are stored. `bundle` needs Kyverno 1.19. Default: bundle.'),
    cosign: z.enum(['2', '3']).optional().describe('Major version on the runner. Default: 3.'),
  })
  .describe('The form of a signature: the workflow and the policy take it from here.')

const tierVault = z
  .strictObject({
    role: name
      .optional()
      .describe('Role of the Kubernetes auth method. Default: ci-signer-<tier>.'),
    policy: name.optional().describe('Vault policy. Default: cosign-<tier>.'),
    path: path.optional().describe('Private key, in the KV mount. Default: tiers/<tier>.'),
    publicPath: path.optional().describe('Public key, in the KV mount. Default: public/<tier>.'),
    handover: z
      .enum(['wrapped', 'transit', 'file'])
      .optional()
      .describe('How the key reaches the sign step. Default: wrapped.'),
    transitKey: name.optional().describe('Key of the transit engine. Default: cosign-<tier>.'),
  })
  .describe('What this tier reads in Vault, and as whom.')

const quantities = z.record(qualifiedName, quantity)

const build = z
  .strictObject({
    engine: z
      .enum(['kaniko', 'buildah'])
      .optional()
      .describe(
        'Default: kaniko. buildah needs SYS_ADMIN or user namespaces, which a namespace that enforces baseline refuses.',
      ),
    executor: z
      .enum(['sandbox', 'in-place', 'kubernetes'])
      .optional()
      .describe('How kaniko is run. Default: sandbox.'),
    namespace: namespace.optional().describe('Of the build pods. Default: builds-<tier>.'),
    image: imageText.optional().describe('The executor image of the build pods, by digest.'),
    pushSecret: name
      .optional()
      .describe(
        'Docker secret in that namespace that the build pods push with. Default: registry-push.',
      ),
    caConfigMap: name
      .optional()
      .describe('ConfigMap in that namespace with the CA as ca.crt. Default: registry-ca.'),
    serviceAccount: name
      .optional()
      .describe('Service account of the build pods. Default: that of their namespace.'),
    requests: quantities.optional().describe('What a build pod asks for, such as cpu: 500m.'),
    limits: quantities.optional().describe('What a build pod may use at most.'),
    nodeSelector: z
      .record(qualifiedName, labelValue)
      .optional()
      .describe('Labels of the nodes that build pods may run on.'),
    timeoutSeconds: z
      .int()
      .min(60)
      .max(3300)
      .optional()
      .describe('Deadline of one build; the job has an hour. Default: 1800.'),
    skipTlsVerify: z
      .boolean()
      .optional()
      .describe('Push without checking the certificate. Refused in a protected tier.'),
  })
  .describe('How images are built.')

const sourceIntegrity = z
  .strictObject({
    keys: z.array(openpgpKeyId).min(1).describe('OpenPGP keys whose commits Argo CD accepts.'),
    mode: z.enum(['head', 'strict']).optional().describe('Argo CD 3.5 and later. Default: head.'),
  })
  .describe('Only commits signed by these keys are synced, so the pin step signs its commits.')

const pin = z
  .strictObject({
    mode: z.enum(['push', 'pull-request']).optional().describe('Default: push.'),
    token: secretName
      .optional()
      .describe(
        'Forge secret with a token that may push. Default: that of gitops, else GITOPS_TOKEN_<TIER>.',
      ),
    signingKey: secretName
      .optional()
      .describe(
        'Forge secret with an OpenPGP private key. Default: GITOPS_SIGNING_KEY_<TIER> with sourceIntegrity, else none.',
      ),
    signingPassphrase: secretName.optional().describe('Forge secret with its passphrase.'),
  })
  .describe('How a digest gets into the GitOps repository.')

const trialImages = z
  .strictObject({
    signed: imageText.describe('Below the path of the tier, by digest, signed by its key.'),
    unsigned: imageText.describe('Below the path of the tier, by digest, never signed.'),
  })
  .describe(
    'Two images kept in the registry, by which `kyverno test` tries the generated policies.',
  )

/** One tier as a person writes it. */
export const tierSchema = z
  .strictObject({
    name: name.describe('Everything else has a default made from it.'),
    protected: z.boolean().optional().describe('Default: true for the last tier.'),
    branch: branch.describe('A push to it deploys to this tier.'),
    runner: runnerLabel.optional().describe('Label of the runners. Default: <tier>-signer.'),
    serviceAccount: z
      .strictObject({
        name: name.optional().describe('Default: ci-signer.'),
        namespace: namespace.optional().describe('Default: ci-<tier>.'),
      })
      .optional()
      .describe('Of the runner. Default: ci-signer in ci-<tier>.'),
    registryPath: registryPath.optional().describe('Path of its images. Default: <tier>.'),
    registryCredentials: credentials
      .optional()
      .describe(
        'Forge secrets that push to this tier only. Default: those of the registry, else REGISTRY_USERNAME_<TIER> and REGISTRY_PASSWORD_<TIER>.',
      ),
    overlay: path.optional().describe('In the GitOps repository. Default: <overlays>/<tier>.'),
    cluster: httpsAddress.describe('Address of its API server, which no other tier has.'),
    argocdDestination: httpsAddress
      .optional()
      .describe(
        'The cluster as its Argo CD names it. Default: cluster. https://kubernetes.default.svc where each cluster has its own Argo CD.',
      ),
    namespace: namespace.optional().describe('Of the workloads. Default: apps-<tier>.'),
    kyverno: minorVersion.describe('Kyverno in the cluster.'),
    argocd: minorVersion.describe('Argo CD that serves the cluster.'),
    argocdNamespace: namespace.optional().describe('Default: argocd.'),
    signature: signature.optional(),
    vault: tierVault.optional(),
    build: build.optional(),
    pin: pin.optional(),
    sourceIntegrity: sourceIntegrity.optional(),
    trialImages: trialImages.optional(),
    platformImages: z
      .array(imageText)
      .optional()
      .describe('Images by digest that this tier admits beside its own.'),
  })
  .describe('One tier: a branch, a runner, a key, a registry path and a cluster of its own.')

/** One tier as it was written. */
export type WrittenTier = z.infer<typeof tierSchema>
