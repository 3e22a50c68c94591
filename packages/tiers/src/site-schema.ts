import { z } from 'zod'
import { credentials } from './credentials-schema.ts'
import {
  absolutePath,
  argumentName,
  branch,
  commitSha,
  folder,
  forgeRepository,
  httpsAddress,
  imageText,
  name,
  namespace,
  objectName,
  owner,
  path,
  plainLine,
  registryHost,
  registryPlace,
  secretName,
  version,
  webAddress,
  workflowFile,
} from './scalars.ts'
import { tierSchema } from './tier-schema.ts'

const pinnedAction = z
  .strictObject({
    source: forgeRepository.describe('owner/repository on the forge of this site.'),
    version: version.describe('The release, written beside the sha as a comment.'),
    sha: commitSha.describe('The commit of that release. `tierseal update-actions` writes it.'),
  })
  .describe('An action repository, pinned by commit.')

const registry = z
  .strictObject({
    host: registryHost.describe('Host and port, without a scheme.'),
    ca: absolutePath.optional().describe('PEM file on the runner with the CA of the registry.'),
    plainHttp: z.boolean().optional().describe('Speak HTTP. Refused with a protected tier.'),
    mirrors: z
      .record(registryHost, registryPlace)
      .optional()
      .describe(
        'What answers in place of a registry that base images name: docker.io: registry.internal:5000/hub.',
      ),
    pullSecret: name
      .optional()
      .describe('Docker secret in the namespace of Kyverno, for fetching signatures.'),
    credentials: credentials
      .optional()
      .describe(
        'Forge secrets that push for every tier. Default: each tier has its own. Refused with a protected tier.',
      ),
  })
  .describe('The registry of the site.')

const vault = z
  .strictObject({
    address: webAddress.describe('Where the runner reaches Vault.'),
    ca: absolutePath.optional().describe('PEM file on the runner with the CA of Vault.'),
    namespace: path.optional().describe('Vault Enterprise or OpenBao namespace.'),
    auth: path.optional().describe('Mount of the Kubernetes auth method. Default: kubernetes.'),
    keys: path.optional().describe('Mount of the KV version 2 engine. Default: cosign.'),
    transit: path.optional().describe('Mount of the transit engine. Default: transit.'),
    audience: name.optional().describe('Audience of the projected token. Default: vault.'),
    token: absolutePath
      .optional()
      .describe('File of the projected token. Default: /var/run/secrets/vault/token.'),
  })
  .describe('Where the keys are.')

const gitops = z
  .strictObject({
    repository: webAddress.describe('The repository that Argo CD reads.'),
    branch: branch.optional().describe('Default: main.'),
    ca: absolutePath.optional().describe('PEM file on the runner with the CA of the git server.'),
    overlays: path.optional().describe('Folder of the overlays in it. Default: overlays.'),
    username: name.optional().describe('User name sent with the token. Default: tierseal.'),
    token: secretName
      .optional()
      .describe(
        'Forge secret with a token that pins for every tier. Default: each tier has its own. Refused with a protected tier.',
      ),
  })
  .describe('Where digests are pinned.')

const service = z
  .strictObject({
    name: name.describe('The last component of the image path.'),
    directory: folder
      .optional()
      .describe('Where its generated files go. Default: services/<name>. `.` for a site of one.'),
    context: folder.optional().describe('Build context in its own repository. Default: `.`.'),
    dockerfile: path.optional().describe('In the context. Default: Dockerfile.'),
    target: name.optional().describe('Stage of the Dockerfile to build. Default: the last.'),
    buildArgs: z
      .record(argumentName, plainLine)
      .optional()
      .describe('Build arguments. They stand in the workflow and in the image: no secrets.'),
    ownWorkflows: z
      .array(workflowFile)
      .optional()
      .describe('Workflows of its own beside the generated ones; check reports any other.'),
  })
  .describe('A service with a repository of its own.')

const policy = z
  .strictObject({
    runbooks: httpsAddress
      .optional()
      .describe('Address of the runbooks; the denial messages point below it.'),
    platformImages: z
      .array(imageText)
      .optional()
      .describe('Images by digest that every tier admits beside its own.'),
    excludedNamespaces: z
      .array(namespace)
      .min(1, { error: 'expected at least one namespace' })
      .optional()
      .describe('Namespaces where no rule applies. Default: kube-system, kyverno.'),
    exceptions: z
      .array(objectName)
      .optional()
      .describe('The PolicyExceptions that may exist. Default: none.'),
  })
  .describe('What admission accepts in every tier.')

/** tiers.yaml as a person writes it. */
export const siteSchema = z
  .strictObject({
    generator: version.describe('The tierseal release that this site is generated with.'),
    forge: z.enum(['gitea', 'github']).describe('One per site.'),
    forgeAddress: webAddress
      .optional()
      .describe(
        'Where git finds the mirrors and the services. Default: the host of gitops.repository.',
      ),
    actions: pinnedAction.describe('Where the five actions are mirrored, pinned by commit.'),
    checkout: pinnedAction.describe('Where actions/checkout is mirrored, pinned by commit.'),
    registry,
    vault,
    gitops,
    policy: policy.optional(),
    owners: z
      .array(owner)
      .min(1)
      .optional()
      .describe('Who reviews generated files. Default: @<owner of actions>/maintainers.'),
    services: z
      .array(service)
      .min(1, { error: 'expected at least one service' })
      .describe('What is built and deployed.'),
    tiers: z
      .array(tierSchema)
      .min(1, { error: 'expected at least one tier' })
      .describe('In order of protection: the last is the most protected.'),
  })
  .describe('One site: every tier, every service, and what they share.')

/** tiers.yaml as it was written, defaults not yet filled in. */
export type WrittenSite = z.infer<typeof siteSchema>
