import {
  askHttps,
  builderOf,
  giteaAdmin,
  giteaUrl,
  hostOf,
  type LabState,
  passwordFor,
} from '@tierseal/test-kit/lab'
import { gitea, makeRepository, pushFiles } from './forge.ts'
import { generatedFile } from './generate.ts'

/** The repository of the sample service. */
export const serviceRepository = 'teams/shop'

/** The generated workflow, in the service's repository. */
export const deployWorkflow = '.gitea/workflows/deploy-dev.yaml'

/** The GitOps repository. */
export const gitopsRepository = `${giteaAdmin}/deployments`

/** Makes both repositories, and gives the service's the secrets that its workflow names. */
export async function makeServiceRepositories(state: LabState): Promise<void> {
  await makeRepository(state, 'teams', 'shop')
  await makeRepository(state, giteaAdmin, 'deployments')
  const builder = builderOf('dev')
  const secrets = {
    REGISTRY_USERNAME_DEV: builder.name,
    REGISTRY_PASSWORD_DEV: builder.password,
    GITOPS_TOKEN_DEV: await makePushToken(),
  }
  for (const [name, data] of Object.entries(secrets)) {
    await gitea(state, 'PUT', `repos/${serviceRepository}/actions/secrets/${name}`, { data })
  }
  await pushFiles(state, gitopsRepository, 'main', gitopsFiles())
}

/** The files of the service, with the workflow as it was generated; `note` makes the image differ. */
export function serviceFiles(note: string): Record<string, string> {
  return {
    Dockerfile: dockerfile,
    '.dockerignore': '.git\n.gitea\n',
    'note.txt': `${note}\n`,
    [deployWorkflow]: generatedFile(`services/shop/${deployWorkflow}`),
  }
}

const dockerfile = `FROM ${hostOf('registry')}/platform/base:1
USER 0
COPY note.txt /note.txt
RUN sha256sum /note.txt > /note.sum
USER 65532
CMD ["/bin/sh", "-c", "trap exit TERM; while true; do sleep 1; done"]
`

function gitopsFiles(): Record<string, string> {
  return {
    'base/shop/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'base/shop/deployment.yaml': deployment,
    'overlays/dev/kustomization.yaml': generatedFile('platform/dev/gitops/kustomization.yaml'),
    'overlays/dev/shop/kustomization.yaml': generatedFile(
      'platform/dev/gitops/shop/kustomization.yaml',
    ),
  }
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 1
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      containers:
        - name: shop
          image: shop
`

// A token that may push to repositories and nothing else: what a bot of the site would have.
async function makePushToken(): Promise<string> {
  const credentials = `${giteaAdmin}:${passwordFor('gitea administrator')}`
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
  const body = { name: `pin-${Date.now()}`, scopes: ['write:repository'] }
  const url = `${giteaUrl}/api/v1/users/${giteaAdmin}/tokens`
  const { text } = await askHttps(url, { method: 'POST', headers, body })
  const token = /"sha1":"([0-9a-f]+)"/.exec(text)?.[1]
  if (token === undefined) throw new Error(`gitea gave no token: ${text}`)
  return token
}
