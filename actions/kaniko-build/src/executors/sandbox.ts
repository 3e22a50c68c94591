import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { log, makeTemporaryDirectory, Tool } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { missingCapabilities, unpackingCapabilities } from '../capabilities.ts'
import { type Containment, contained, detectContainment, works } from '../containment.ts'
import { isOutside } from '../context.ts'
import { readAbilities } from '../kaniko/abilities.ts'
import { plainHttpGuard } from '../kaniko/plain-http.ts'
import { removeLeftovers } from '../leftovers.ts'
import { logEngineLine } from '../log-line.ts'
import { answerMs, type EngineRun, runEngine } from '../run-engine.ts'
import { rememberPlace, rememberSession } from '../state.ts'
import type { Executor, KanikoAbilities, KanikoEvidence, KanikoLayout } from './executor.ts'
import { placeDevices, withDevices } from './sandbox-devices.ts'
import {
  makeRoot,
  placeAccess,
  placeContext,
  placeExecutor,
  placeNetworkFiles,
  placeProcFiles,
  removeExecutableLink,
  type SandboxRoot,
} from './sandbox-root.ts'

const work = '/kaniko/tierseal'

const layout: KanikoLayout = {
  context: `dir://${work}/context`,
  digestFile: `${work}/out/digest`,
  caFile: `${work}/ca.pem`,
  clientCertificateFile: `${work}/client.crt`,
  clientKeyFile: `${work}/client.key`,
  secretsDirectory: `${work}/secrets`,
  ignoredPaths: ['/dev', '/etc/hosts', '/etc/resolv.conf'],
  ownFlags: [],
}

// The whole environment of kaniko; a RUN gets nothing of it but PATH and HOME.
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  // Without USER the static binary cannot look its own user up.
  USER: 'root',
  container: 'kube',
  DOCKER_CONFIG: '/kaniko/.docker/',
  SSL_CERT_DIR: '/kaniko/ssl/certs',
  BUILDER_OUTPUT: `${work}/out`,
}

/** Runs kaniko in a fresh root folder under RUNNER_TEMP, so that the runner's own root is untouched. */
export class SandboxExecutor implements Executor {
  readonly name = 'sandbox'
  readonly layout = layout
  readonly recordsPushes = true
  readonly #program: Tool
  readonly #containment: Containment
  #root: SandboxRoot | undefined
  #bound: readonly string[] = []

  private constructor(program: Tool, containment: Containment) {
    this.#program = program
    this.#containment = containment
  }

  /**
   * Finds the executor and proves that a sandbox can be made here.
   *
   * @throws KnownError TOOL_MISSING, PERMISSION_MISSING
   */
  static async create(kanikoPath: string): Promise<SandboxExecutor> {
    const program = await Tool.find({ name: 'kaniko', path: kanikoPath })
    await demandRights()
    const containment = await detectContainment()
    if (containment !== 'namespaces') {
      log.info(`sandbox: no namespaces of its own here (${containment}); RUN gets no real /proc`)
    }
    return new SandboxExecutor(program, containment)
  }

  async open(request: BuildRequest): Promise<void> {
    const place = makeTemporaryDirectory('sandbox', rememberPlace)
    if (!isOutside(relative(request.context, place))) throw contextHoldsSandbox(request.context)
    const root = makeRoot(place)
    this.#root = root
    placeExecutor(root, this.#program.path)
    this.#bound = await placeDevices(root.path, this.#containment)
    placeNetworkFiles(root)
    placeProcFiles(root, this.#containment)
  }

  async probe(deadline: BuildDeadline): Promise<KanikoAbilities> {
    const options = { env: environment, deadline, mostMs: answerMs }
    const version = await this.#chroot(['version'], options)
    const help = await this.#chroot(['--help'], options)
    return readAbilities(version.stdout, `${help.stdout}\n${help.stderr}`)
  }

  async run(args: readonly string[], request: BuildRequest): Promise<KanikoEvidence> {
    const root = this.#demandRoot()
    await placeContext(root, request)
    placeAccess(root, request)
    await this.#chroot(args, {
      env: { ...environment, ...plainHttpGuard(request) },
      deadline: request.deadline,
      onSpawn: rememberSession,
      onLine: (line) => {
        removeExecutableLink(root)
        logEngineLine(line)
      },
    })
    return {
      digestText: readIfThere(join(root.work, 'out', 'digest')),
      pushRecord: readIfThere(join(root.work, 'out', 'images')),
    }
  }

  async close(): Promise<void> {
    if (this.#root !== undefined) await removeLeftovers({ directory: this.#root.place })
  }

  #chroot(args: readonly string[], options: EngineRun) {
    const { path } = this.#demandRoot()
    const chroot = ['chroot', path, '/kaniko/executor', ...args]
    const command = withDevices(path, this.#bound, chroot)
    return runEngine('kaniko', contained(this.#containment, command, join(path, 'proc')), options)
  }

  #demandRoot(): SandboxRoot {
    if (this.#root === undefined) throw new Error('the sandbox is used before it is open')
    return this.#root
  }
}

async function demandRights(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw missing('the sandbox needs root, and this runner is another user')
  }
  const absent = missingCapabilities([...unpackingCapabilities, 'CAP_SYS_CHROOT'])
  if (absent.length > 0) throw missing(`the sandbox needs ${absent.join(', ')}`)
  // A seccomp or AppArmor profile can refuse what the capability allows.
  if (!(await works(['chroot', '/', 'true']))) throw missing('chroot is refused here')
}

function missing(message: string): KnownError {
  return new KnownError('PERMISSION_MISSING', message, {
    hint: 'Add the capability to the runner container (Docker gives it by default), or use executor: kubernetes.',
  })
}

function contextHoldsSandbox(context: string): KnownError {
  return new KnownError(
    'CONTEXT_INVALID',
    `the context ${context} holds RUNNER_TEMP, and with it the sandbox that it is copied into`,
    { hint: 'Give the folder of the service as the context, not one above the workspace.' },
  )
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
