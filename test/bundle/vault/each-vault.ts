import {
  type ActionResult,
  type FaultServer,
  findSecrets,
  lacksTools,
  runAction,
  startFaultServer,
} from '@tierseal/test-kit'
import { type KeyHandle, parseHandle, type WrappedHandle } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Flavour, type Rules, type Site, startSite } from './site.ts'

/** The `with:` of the step, beside what the site gives. */
type StepInputs = Readonly<Record<string, string>>

/** A site with one kind of Vault, and the step run against it. */
export interface Bench {
  readonly flavour: Flavour
  site(): Site
  run(inputs?: StepInputs): Promise<ActionResult>
  /** A run that succeeds, with its handle. */
  fetched(inputs?: StepInputs): Promise<ActionResult & { readonly handle: KeyHandle }>
  /** The log of a run that fails, hands out nothing, and shows no secret. */
  refused(inputs?: StepInputs): Promise<string>
  /** Makes a role with these rules and settings; returns the inputs that use it. */
  roleWith(rules: Rules, settings?: Readonly<Record<string, unknown>>): Promise<StepInputs>
  /** Plain HTTP on loopback, as an agent of Vault would listen there; counts what passes. */
  startBetween(): Promise<FaultServer>
}

/** One suite for each kind of Vault that is here, both real. */
export function describeEachVault(what: string, suite: (bench: Bench) => void): void {
  for (const flavour of ['openbao', 'vault'] as const) {
    describe.skipIf(lacksTools(flavour, 'cosign3'))(`${what}, with a real ${flavour}:`, () => {
      let started: Site | undefined
      beforeAll(async () => {
        started = await startSite(flavour)
      })
      afterAll(() => started?.[Symbol.asyncDispose]())
      suite(benchOf(flavour, () => started ?? expect.fail('the site has not started')))
    })
  }
}

/** A handle that must be a wrapped one. */
export function wrappedOf(handle: KeyHandle): WrappedHandle {
  return handle.kind === 'wrapped' ? handle : expect.fail(`a handle of kind ${handle.kind}`)
}

/** What our own redaction lets through, apart from the commands that set the masks. */
export function withoutMasks(log: string): string {
  const lines = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  return lines.join('\n')
}

function benchOf(flavour: Flavour, site: () => Site): Bench {
  const run: Bench['run'] = (inputs = {}) =>
    runAction('vault-fetch-key', { inputs: { ...site().inputs, ...inputs } })
  let roles = 0
  return {
    flavour,
    site,
    run,
    fetched: async (inputs) => {
      const result = await run(inputs)
      // Said of handover file where the machine has swap, whatever is tested.
      const { exitCode, annotations } = result
      const others = annotations.filter(({ message }) => !message.includes('this machine has swap'))
      expect({ exitCode, others }).toEqual({ exitCode: 0, others: [] })
      return { ...result, handle: parseHandle(result.outputs['key'] ?? '') }
    },
    refused: async (inputs) => {
      const { exitCode, outputs, maskedLog, stdout, directory } = await run(inputs)
      expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
      const { jwt, key } = site()
      const secrets = { jwt, privateKey: key.privateKey, password: key.password }
      expect(findSecrets({ maskedLog }, secrets)).toEqual([])
      expect(findSecrets(directory, secrets)).toEqual([])
      return stdout.replaceAll('%0A', '\n')
    },
    roleWith: async (rules, settings = {}) => {
      roles += 1
      const role = `role-${roles}`
      await site().writePolicy(role, rules)
      await site().writeRole(role, { token_policies: role, ...settings })
      return { role, 'expected-policies': '' }
    },
    startBetween: () => {
      const { address, caPem } = site()
      return startFaultServer({ script: () => undefined, upstream: { url: address, caPem } })
    },
  }
}
