import { redact } from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { GitContext } from './git-context.ts'

/** The container that clones, by its name in the pod. */
export const cloneContainerName = 'context'

/** Where the commit's files lie in both containers. */
export const treeDirectory = '/kaniko/tierseal/context'

/** The mount of those files. */
export const treeMount = { name: 'tree', mountPath: treeDirectory } as const

const gitDirectory = '/kaniko/tierseal/git'
const secretDirectory = '/kaniko/tierseal/git-credentials'

// What git asks for is read from the mounted files, so that no argv ever holds it.
const helper = `!answer() {
  test "$1" = get || return 0
  for field in username password; do
    printf '%s=' "$field"; tr -d '\\r\\n' < ${secretDirectory}/"$field"; echo
  done
}; answer`

// Its arguments are the repository, the commit and the folder; nothing is put into its text.
const script = `umask 022
unset GIT_SSL_NO_VERIFY GIT_ASKPASS
run() {
  git -c credential.helper= -c credential.helper="$HELPER" -c http.followRedirects=false \\
    -c http.lowSpeedLimit=1 -c http.lowSpeedTime=60 -c core.hooksPath=/dev/null -c core.autocrlf=false \\
    -c gc.auto=0 -c advice.detachedHead=false "$@"
}
run init --quiet --template=
run fetch --quiet --depth=1 --no-tags --no-recurse-submodules -- "$1" "$2"
test "$(run rev-parse --verify 'FETCH_HEAD^{commit}')" = "$2" || { echo "tierseal: $2 is not a commit"; exit 3; }
run checkout --quiet --force --detach "$2"
cd "$GIT_WORK_TREE/$3" || { echo "tierseal: the commit has no folder $3"; exit 4; }
test "$(pwd -P)/" = "$GIT_WORK_TREE/$3\${3:+/}" || { echo "tierseal: $3 is behind a symbolic link"; exit 4; }
echo "commit $2 of $1"`

interface CloneContainer {
  /** With its texts as they are meant, before kubelet reads them. */
  readonly container: {
    readonly command: readonly string[]
    readonly env: readonly { readonly name: string; readonly value: string }[]
  }
  readonly volumes: readonly object[]
}

/**
 * The container that fetches one commit before the build starts: with the credentials of the git server, which
 * the container of the build never sees, and without any right. The repository itself stays with it; the build
 * gets the files of the commit.
 *
 * @param ca the volume with the CA and its file in there; undefined where there is none
 */
export function cloneContainer(
  { image, repository, commit, folder, secret }: GitContext,
  ca: { readonly volume: string; readonly file: string } | undefined,
  resources: object,
): CloneContainer {
  const mounts = [
    treeMount,
    { name: 'git', mountPath: gitDirectory },
    ...(secret === undefined
      ? []
      : [{ name: 'git-credentials', mountPath: secretDirectory, readOnly: true }]),
    ...(ca === undefined
      ? []
      : [{ name: ca.volume, mountPath: ca.file.replace(/\/[^/]*$/, ''), readOnly: true }]),
  ]
  const container = {
    name: cloneContainerName,
    image,
    command: ['sh', '-euc', script, 'clone', repository, commit, folder],
    env: Object.entries(environment(secret, ca?.file)).map(([name, value]) => ({ name, value })),
    resources,
    securityContext,
    volumeMounts: mounts,
  }
  return { container, volumes: volumes(secret) }
}

function environment(
  secret: string | undefined,
  caFile: string | undefined,
): Readonly<Record<string, string>> {
  return {
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_DIR: `${gitDirectory}/repository`,
    GIT_WORK_TREE: treeDirectory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https',
    HELPER: secret === undefined ? '' : helper,
    ...(caFile === undefined ? {} : { GIT_SSL_CAINFO: caFile }),
  }
}

function volumes(secret: string | undefined): readonly object[] {
  const items = ['username', 'password'].map((key) => ({ key, path: key }))
  return [
    { name: treeMount.name, emptyDir: {} },
    { name: 'git', emptyDir: {} },
    ...(secret === undefined
      ? []
      : [{ name: 'git-credentials', secret: { secretName: secret, items, defaultMode: 0o400 } }]),
  ]
}

// Root owns the files, as it does those of a streamed context; it can do nothing else.
const securityContext = {
  runAsUser: 0,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

/** Why a commit could not be cloned, from what the container said. */
export function explainClone({ commit }: GitContext, exitCode: number, said: string): KnownError {
  const failure = { exitCode, stdout: '', stderr: said }
  const ours = /^tierseal: (.*)$/m.exec(said)?.[1]
  if (ours !== undefined) return new KnownError('CONTEXT_INVALID', ours)
  const known = diagnose('git', failure, 'CONTEXT_INVALID', redact)
  if (/not our ref|unadvertised object|couldn't find remote ref/.test(said)) {
    return new KnownError(
      'CONTEXT_INVALID',
      `the repository does not have the commit ${commit}\n${known.message}`,
      {
        hint: 'Push the commit first; one that only a fork or a deleted branch holds is not served.',
      },
    )
  }
  return new KnownError(known.code, known.message, {
    hint: 'The pod cloned with the Secret of kubernetes-git-secret and the CA of kubernetes-ca; look at both, and at the address.',
  })
}
