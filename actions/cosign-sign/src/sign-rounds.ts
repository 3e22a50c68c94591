import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { formatEnvironment, nameOf, signArguments } from './arguments.ts'
import { look, type SignContext } from './sign-context.ts'
import type { Findings } from './signatures/findings.ts'
import { settle } from './signatures/settle.ts'
import type { Target } from './targets.ts'

const maxRounds = 5

// What may pass by itself; cosign gives up at the first of these (facts: cosign.md 6 no. 40).
const transientCodes: readonly string[] = [
  'REGISTRY_BUSY',
  'CONNECTION_FAILED',
  'CONNECTION_REFUSED',
]

const deadlineCodes: readonly string[] = ['TOOL_TIMEOUT', 'DEADLINE_EXCEEDED']

/**
 * Signs an image and looks for the signature until it lasts; again where another writer dropped it or
 * the registry was busy.
 *
 * @throws KnownError SIGN_LOST, TOOL_TIMEOUT, and what cosign or the registry say
 */
export async function signUntilThere(
  target: Target,
  context: SignContext,
  deadlineAt: number,
): Promise<Findings> {
  let failure: KnownError | undefined
  for (let round = 1; round <= maxRounds && Date.now() < deadlineAt; round++) {
    const startedAt = Date.now()
    failure = await trySign(target, context, deadlineAt, failure)
    if (failure !== undefined && Date.now() >= deadlineAt) break
    const writeMs = Date.now() - startedAt
    const findings = await settle({
      look: () => look(target, context, deadlineAt),
      writeMs,
      deadlineAt,
    })
    if (findings.signatures.length > 0) return findings
    log.warning(`${nameOf(target.image)}: ${failure?.message ?? overwritten}; round ${round}`)
    await sleep(pauseMs(round, failure === undefined ? writeMs : undefined))
  }
  throw failure ?? lost(target)
}

const overwritten = 'another writer has overwritten the signature'

// At random, so that writers who collided once do not meet again in step.
function pauseMs(round: number, writeMs: number | undefined): number {
  return Math.random() * (writeMs === undefined ? 400 * 2 ** round : 2 * writeMs)
}

function lost({ image }: Target): KnownError {
  return new KnownError(
    'SIGN_LOST',
    `${nameOf(image)}: other writers kept overwriting the signature, ${maxRounds} times or until the deadline`,
    { hint: 'Let one job at a time sign an image (concurrency in the workflow).' },
  )
}

/** Signs once; returns a failure that may pass by itself, after which the registry has to be looked at. */
async function trySign(
  target: Target,
  context: SignContext,
  deadlineAt: number,
  earlier: KnownError | undefined,
): Promise<KnownError | undefined> {
  try {
    await runSign(target, context, deadlineAt)
    return undefined
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    if (transientCodes.includes(error.code)) return error
    // A round that had little time left ends by its deadline; the cause is what came before.
    if (earlier !== undefined && deadlineCodes.includes(error.code)) return earlier
    throw error
  }
}

async function runSign(target: Target, context: SignContext, deadlineAt: number): Promise<void> {
  const pass = context.agent.open()
  const { cosign, format } = context
  const args = argumentsFor(target, context, pass.reference, deadlineAt)
  const environment = { ...pass.environment, ...formatEnvironment(format) }
  const { credentials } = target.registry
  try {
    await cosign.run({ args, environment, credentials, deadlineAt })
  } catch (error) {
    // Where the agent could not sign, cosign only knows that its Vault answered 500.
    throw pass.call.failure ?? (pass.call.isWaiting ? unanswered(error) : error)
  } finally {
    pass.close()
  }
}

function argumentsFor(
  { image }: Target,
  { cosign, format, annotations, registryFlags, workspace }: SignContext,
  keyReference: string,
  deadlineAt: number,
): string[] {
  return signArguments({
    version: cosign.version,
    format,
    image,
    keyReference,
    annotations,
    registry: registryFlags,
    signingConfigPath: workspace.signingConfigPath,
    trustedRootPath: workspace.trustedRootPath,
    timeoutMs: deadlineAt - Date.now(),
  })
}

// cosign was stopped for being late, but it was waiting for us, and we for Vault.
function unanswered(error: unknown): unknown {
  if (!(error instanceof KnownError) || error.code !== 'TOOL_TIMEOUT') return error
  return new KnownError(
    'DEADLINE_EXCEEDED',
    'Vault did not answer the request for a signature in time; cosign was waiting for it',
    { hint: 'Look at Vault and at the way to it; nothing was signed.', cause: error },
  )
}
