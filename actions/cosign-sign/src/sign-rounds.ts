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
 * @throws KnownError SIGN_LOST, TOOL_TIMEOUT, DEADLINE_EXCEEDED, and what cosign or the registry say
 */
export async function signUntilThere(
  target: Target,
  context: SignContext,
  deadlineAt: number,
): Promise<Findings> {
  let failure: KnownError | undefined
  let written = 0
  for (let round = 1; round <= maxRounds && Date.now() < deadlineAt; round++) {
    const startedAt = Date.now()
    failure = await trySign(target, context, deadlineAt, failure)
    if (failure === undefined) written++
    else if (Date.now() >= deadlineAt) break
    const writeMs = Date.now() - startedAt
    const findings = await settle({
      look: () => lookAfter(failure, target, context, deadlineAt),
      writeMs,
      deadlineAt,
    })
    if (findings.signatures.length > 0) return findings
    log.warning(`${nameOf(target.image)}: ${failure?.message ?? overwritten}; round ${round}`)
    if (round === maxRounds) break
    const longestMs = failure === undefined ? 2 * writeMs : 400 * 2 ** round
    await pause(Math.min(longestMs, deadlineAt - Date.now()))
  }
  throw failure ?? (written === 0 ? tooLate(target) : lost(target, written))
}

const overwritten = 'another writer has overwritten the signature'

// At random, so that writers who collided once do not meet again in step.
function pause(longestMs: number): Promise<void> {
  return sleep(Math.random() * Math.max(0, longestMs))
}

// Where the time ends while the registry is looked at, the cause is what cosign failed of before.
async function lookAfter(
  failure: KnownError | undefined,
  target: Target,
  context: SignContext,
  deadlineAt: number,
): Promise<Findings> {
  try {
    return await look(target, context, deadlineAt)
  } catch (error) {
    throw isLate(error) && failure !== undefined ? failure : error
  }
}

function lost({ image }: Target, times: number): KnownError {
  return new KnownError(
    'SIGN_LOST',
    `${nameOf(image)}: other writers overwrote the signature each time it was made, ${times} in all`,
    { hint: 'Let one job at a time sign an image (concurrency in the workflow).' },
  )
}

function tooLate({ image }: Target): KnownError {
  return new KnownError(
    'DEADLINE_EXCEEDED',
    `${nameOf(image)}: no time was left to sign after ${image.repository.registry} was looked at`,
    { hint: 'Look at why the registry is slow, or raise timeout-seconds.' },
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
    if (earlier !== undefined && isLate(error)) return earlier
    throw error
  }
}

function isLate(error: unknown): boolean {
  return error instanceof KnownError && deadlineCodes.includes(error.code)
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
