import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { childEnvironment, runProcess } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { BuildRequest } from '../build-request.ts'
import type { Containment } from '../containment.ts'
import { rememberSession } from '../state.ts'

// Where systems keep the certificates that they trust; the first that exists is taken.
const systemCertificates = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/kaniko/ssl/certs/ca-certificates.crt',
]

/** Folders of the sandbox, as this action sees them. */
export interface SandboxRoot {
  /** Of mode 0700, around all the others: what kaniko makes its root is open to every user of a RUN. */
  readonly place: string
  readonly path: string
  /** Ours inside kaniko's own folder, which kaniko neither deletes nor takes into the image. */
  readonly work: string
}

// Without these modes a RUN after USER finds no program, since it may not pass the root.
const openFolders = ['', 'etc', 'dev', 'proc', 'kaniko'] as const
const folders = [...openFolders, 'tmp', 'dev/shm', 'kaniko/.docker', 'kaniko/ssl/certs'] as const

/** Makes the folders of a root that holds what kaniko needs and nothing else (facts: kaniko.md 2b). */
export function makeRoot(place: string): SandboxRoot {
  const path = join(place, 'root')
  const work = join(path, 'kaniko', 'tierseal')
  for (const name of folders) mkdirSync(join(path, name), { recursive: true })
  for (const name of ['context', 'out', 'secrets'])
    mkdirSync(join(work, name), { recursive: true, mode: 0o700 })
  // By chmod: what mkdir is told is cut by the umask.
  for (const name of openFolders) chmodSync(join(path, name), 0o755)
  for (const name of ['tmp', 'dev/shm']) chmodSync(join(path, name), 0o1777)
  return { place, path, work }
}

/** Copies the executor: a hard link would let a RUN change the runner's own file. */
export function placeExecutor({ path }: SandboxRoot, program: string): void {
  const copy = join(path, 'kaniko', 'executor')
  copyFileSync(program, copy, constants.COPYFILE_FICLONE)
}

/** Gives the root what programs need to find hosts. */
export function placeNetworkFiles({ path }: SandboxRoot): void {
  for (const name of ['hosts', 'resolv.conf', 'nsswitch.conf']) {
    const source = `/etc/${name}`
    if (!existsSync(source)) continue
    cpSync(source, join(path, source), { dereference: true })
    chmodSync(join(path, source), 0o644)
  }
}

/**
 * Without a pid namespace there is no /proc to mount, and kaniko reads two files of it at start: where
 * it is itself, and what is mounted (facts: kaniko.md 2b). The link is removed once kaniko has started,
 * else every program in a RUN would take itself for kaniko.
 */
export function placeProcFiles({ path }: SandboxRoot, containment: Containment): void {
  if (containment === 'namespaces') return
  const self = join(path, 'proc', 'self')
  mkdirSync(self)
  const mounts = '1 0 0:1 / / rw - overlay overlay rw\n2 1 0:2 / /proc rw - proc proc rw\n'
  writeFileSync(join(self, 'mountinfo'), mounts)
  symlinkSync('/kaniko/executor', executableLink(path))
}

/** Removes the link to the executor; absent is as good. */
export function removeExecutableLink({ path }: SandboxRoot): void {
  try {
    unlinkSync(executableLink(path))
  } catch {
    // A mounted /proc has no such link of ours, and a second line of the log finds it gone.
  }
}

function executableLink(root: string): string {
  return join(root, 'proc', 'self', 'exe')
}

/**
 * Copies the context: a RUN can write to it, so it must not be the runner's own.
 *
 * @throws KnownError CONTEXT_INVALID, TOOL_TIMEOUT
 */
export async function placeContext(
  { work }: SandboxRoot,
  { context, deadline }: BuildRequest,
): Promise<void> {
  const args = ['-a', '--', `${context}/.`, join(work, 'context')]
  const { exitCode, stderr, timedOut } = await runProcess('cp', args, {
    env: childEnvironment(),
    timeoutMs: deadline.remainingMs,
    // Else it would go on after a cancel, and fill the folder that post removes.
    onSpawn: rememberSession,
  })
  if (timedOut) throw deadline.exceeded('copying the context')
  if (exitCode === 0) return
  const last = stderr.trim().split('\n').at(-1) || `cp ended with ${exitCode ?? 'a signal'}`
  throw new KnownError('CONTEXT_INVALID', `the context cannot be copied: ${last}`)
}

/** Writes what is secret, readable by root alone, and the certificates that kaniko trusts. */
export function placeAccess({ path, work }: SandboxRoot, request: BuildRequest): void {
  const { ca, clientCertificate, dockerConfig } = request.access
  const mode = 0o600
  writeFileSync(join(path, 'kaniko', '.docker', 'config.json'), dockerConfig, { mode })
  for (const { id, value } of request.secrets)
    writeFileSync(join(work, 'secrets', id), value, { mode })
  if (clientCertificate !== undefined) {
    writeFileSync(join(work, 'client.crt'), clientCertificate.certificatePem, { mode })
    writeFileSync(join(work, 'client.key'), clientCertificate.keyPem, { mode })
  }
  const trusted = join(path, 'kaniko', 'ssl', 'certs', 'ca-certificates.crt')
  const system = systemCertificates.find((file) => existsSync(file))
  if (ca !== undefined) {
    writeFileSync(join(work, 'ca.pem'), ca.pem)
    writeFileSync(trusted, ca.pem)
  } else if (system !== undefined) cpSync(system, trusted, { dereference: true })
}
