import { log, mapInParallel, maskSecret } from '@tierseal/action-kit'
import type { DigestReference } from '@tierseal/oci'
import { RegistryPool } from '@tierseal/registry'
import { nameOf, type RegistryFlags } from './arguments.ts'
import { Cosign } from './cosign/cosign.ts'
import { caveatOf, chooseFormat, type Format, reasonOf, refuseImpossible } from './format.ts'
import type { Inputs } from './inputs.ts'
import { startKeyAgent } from './key/key-agent.ts'
import { openSigner, rememberKeyFiles } from './key/open-signer.ts'
import type { PublicKey } from './key/public-key.ts'
import type { SignContext } from './sign-context.ts'
import { type Signed, signTarget } from './sign-target.ts'
import { findTargets, type Target } from './targets.ts'
import { verifyCommand } from './verify-command.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

/** What came of each image. */
export interface Report {
  readonly format: Format
  readonly cosignVersion: string
  readonly publicKey: PublicKey
  readonly caveat: string | undefined
  readonly signed: readonly Signed[]
  readonly failed: readonly Failed[]
  /** For the images that were named, not for the children of an index. */
  readonly verifyCommands: readonly string[]
}

interface Failed {
  readonly image: DigestReference
  readonly error: unknown
}

/**
 * Signs the images. What can be known to be wrong is found before the key is opened; an image that
 * fails does not keep the others from being signed.
 *
 * @throws KnownError where nothing could be signed; a failure of one image is in the report
 */
export async function signImages(inputs: Inputs): Promise<Report> {
  rememberKeyFiles(inputs.source)
  const workspace = openWorkspace()
  try {
    const { cosignPath: path, plainHttp } = inputs
    const cosign = await Cosign.find({ path, home: workspace.directory, plainHttp })
    const format = chooseFormat(inputs.format, cosign.version)
    if (inputs.format === undefined) log.info(reasonOf(format, cosign.version))
    refuseImpossible(format, cosign.version, inputs.annotations)
    const caveat = caveatOf(format, cosign.version)
    if (caveat !== undefined) log.warning(caveat)
    if (plainHttp) log.warning('plain-http is set: credentials and images go unencrypted')
    const pool = poolOf(inputs)
    try {
      const targets = await findTargets(inputs, pool)
      const outcome = await signTargets(targets, inputs, { cosign, format, workspace })
      return { format, cosignVersion: cosign.version.text, caveat, ...outcome }
    } finally {
      await pool.close()
    }
  } finally {
    workspace.remove()
  }
}

function poolOf(inputs: Inputs): RegistryPool {
  const { credentials, registryCa: ca, clientCertificate, plainHttp, timeoutMs } = inputs
  const connection = { credentials, ca, clientCertificate, plainHttp, timeoutMs }
  return new RegistryPool({ ...connection, onSecret: maskSecret })
}

type Outcome = Pick<Report, 'publicKey' | 'signed' | 'failed' | 'verifyCommands'>

async function signTargets(
  targets: readonly Target[],
  inputs: Inputs,
  fixed: Pick<SignContext, 'cosign' | 'format' | 'workspace'>,
): Promise<Outcome> {
  const { source, password = '', publicKey: expected, timeoutMs, annotations } = inputs
  const signer = await openSigner({ source, password, expected, timeoutMs })
  const { publicKey } = signer
  try {
    const agent = await startKeyAgent(signer, fixed.workspace.directory)
    try {
      const registryFlags = flagsOf(inputs, fixed.workspace)
      const publicKeyPath = fixed.workspace.write('public-key.pem', publicKey.pem)
      const shared = { agent, publicKey, annotations, registryFlags, publicKeyPath, timeoutMs }
      const outcome = await signEach(targets, { ...fixed, ...shared })
      return { publicKey, ...outcome, verifyCommands: commandsOf(inputs, fixed, publicKey) }
    } finally {
      await agent.close()
    }
  } finally {
    await signer.close()
  }
}

// Most of the time of one image is waiting: for the registry, and for the second look.
const imagesAtOnce = 4

async function signEach(
  targets: readonly Target[],
  context: SignContext,
): Promise<Pick<Report, 'signed' | 'failed'>> {
  const outcomes = await mapInParallel(targets, imagesAtOnce, (target) => signOne(target, context))
  return {
    signed: outcomes.flatMap((outcome) => ('signature' in outcome ? [outcome] : [])),
    failed: outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : [])),
  }
}

async function signOne(target: Target, context: SignContext): Promise<Signed | Failed> {
  try {
    const result = await signTarget(target, context)
    log.info(`${nameOf(target.image)}: ${result.skipped ? 'already signed' : 'signed'}, verified`)
    return result
  } catch (error) {
    return { image: target.image, error }
  }
}

function flagsOf(inputs: Inputs, workspace: Workspace): RegistryFlags {
  const { registryCa, clientCertificate, plainHttp } = inputs
  return {
    // A copy of what was proven: cosign silently goes on without a CA that it cannot read.
    caPath: registryCa && workspace.write('registry-ca.pem', registryCa.pem),
    clientCertificatePath: clientCertificate?.certificatePath,
    clientKeyPath: clientCertificate?.keyPath,
    plainHttp,
  }
}

function commandsOf(
  { images, annotations, registryCa, clientCertificate, plainHttp }: Inputs,
  { cosign, format }: Pick<SignContext, 'cosign' | 'format'>,
  { pem }: PublicKey,
): readonly string[] {
  const registry = {
    caPath: registryCa && (registryCa.path ?? 'registry-ca.pem'),
    clientCertificatePath: clientCertificate?.certificatePath,
    clientKeyPath: clientCertificate?.keyPath,
    plainHttp,
  }
  const fixed = { version: cosign.version, format, annotations, registry, publicKeyPem: pem }
  return images.map((image) => verifyCommand({ ...fixed, image }))
}
