import { z } from 'zod'

/** A text with one form, which the message of a refusal repeats. */
function form(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, { error: `expected ${expected}` })
}

/** Lower-case words joined by `-`: what Kubernetes, Vault and git all take as a name. */
export const name = form(
  /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  'lower-case letters, digits and "-", at most 40',
)

/** A Kubernetes namespace. */
export const namespace = form(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a namespace: lower-case letters, digits and "-"',
)

/** A release of ours, of an action, of a tool. */
export const version = form(/^v?\d+(\.\d+){0,2}(-[0-9a-z.-]+)?$/, 'a version such as v1.4.2')

/** Major and minor of a product in the cluster, quoted: unquoted, YAML reads 1.20 as 1.2. */
export const minorVersion = form(/^\d{1,2}\.\d{1,3}$/, 'major.minor in quotes, such as "1.19"')

/** A whole commit sha: what a tag or a short sha can be moved or doubled to is not a pin. */
export const commitSha = form(/^[0-9a-f]{40}$/, 'a whole commit sha: 40 lower-case hex digits')

/** `owner/repository` on the forge. */
export const forgeRepository = form(
  /^[A-Za-z0-9][A-Za-z0-9_.-]*\/[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  'owner/repository',
)

/** `host` or `host:port`. */
export const registryHost = form(
  /^(?=.*[.:]|localhost$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/,
  'host or host:port, in lower case and without a scheme',
)

/** Components of a registry path, a Vault path or a folder. */
export const path = form(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/,
  'a relative path without ".." and without a slash at either end',
)

/** A registry path: lower case. */
export const registryPath = form(
  /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
  'a registry path in lower case, without a slash at either end',
)

/** A folder of a repository; `.` is its root. */
export const folder = z.union([z.literal('.'), path], {
  error: 'expected "." or a relative path without ".."',
})

/** A workflow that no tier has: those are called deploy-<tier>.yaml. */
export const workflowFile = form(
  /^(?!deploy-)[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml$/,
  'the name of a file such as test.yaml, not starting with "deploy-"',
)

/** A file on the runner. */
export const absolutePath = form(/^(\/[A-Za-z0-9_.@-]+)+$/, 'an absolute path of a file')

/** An address without credentials, query or fragment. */
export const httpsAddress = form(
  /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
  'an https:// address without user, query or fragment',
)

/** Plain HTTP is sorted out later, with a code of its own: it is refused in a protected tier only. */
export const webAddress = form(
  /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
  'an https:// address without user, query or fragment',
)

/** The name of a secret of the forge. */
export const secretName = form(
  /^(?!GITHUB_|GITEA_)[A-Z_][A-Z0-9_]*$/,
  'the name of a secret: upper case, and not starting with GITHUB_ or GITEA_',
)

/** A text that stands in a workflow as it is: an expression in it would be evaluated there. YAML 1.1 ends a line at more. */
export const plainLine = form(
  /^(?![\s\S]*\$\{\{)[^\r\n\u0085\u2028\u2029]+$/,
  'one line without ${{',
)

/** A build argument. */
export const argumentName = form(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and "_"')

/** A quantity of Kubernetes, such as 500m or 2Gi. */
export const quantity = form(
  /^\d+(\.\d+)?(m|[kMGTPE]i?)?$/,
  'a quantity such as 500m or 2Gi, in quotes',
)

/** The name of a resource, a label or a node label of Kubernetes. */
export const qualifiedName = form(
  /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  'a name of Kubernetes, with an optional prefix and "/"',
)

/** The value of a label of Kubernetes. */
export const labelValue = form(
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  'the value of a label: at most 63 letters, digits, ".", "_" and "-"',
)

/** A registry with a path, as what answers in place of another. */
export const registryPlace = form(
  /^(?=[^/]*[.:]|localhost(?:[:/]|$))[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9._-]+)*$/,
  'host[:port][/path], in lower case and without a scheme',
)

/** A git branch, without characters that a workflow filter reads as a pattern. */
export const branch = form(
  /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  'a branch name without pattern characters',
)

/** The label of a runner. */
export const runnerLabel = form(
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  'one label: letters, digits, ".", "_" and "-"',
)

/** An OpenPGP key id: 16 upper-case hex digits, as Argo CD compares them. */
export const openpgpKeyId = form(/^[0-9A-F]{16}$/, 'a long key id: 16 upper-case hex digits')

/** An image that is checked further, with a code of its own: it must name a digest. */
export const imageText = form(/^\S+$/, 'an image reference')

/** `namespace/name` of a Kubernetes object. */
export const objectName = form(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'namespace/name')

/** A user or a team of the forge. */
export const owner = form(
  /^@[A-Za-z0-9][A-Za-z0-9_.-]*(\/[A-Za-z0-9][A-Za-z0-9_.-]*)?$/,
  '@user or @organisation/team',
)
