import type { CodeTable } from '../code-entry.ts'

/** What is wrong with the inputs of a step or a command. */
export const inputCodes = {
  INPUT_INVALID: {
    meaning: 'One or more inputs are missing or malformed; every problem is listed.',
    remedy: 'Correct each listed input in the workflow file and run again.',
  },
  INPUT_MISSING: {
    meaning: 'A required input is empty. Runners do not enforce required inputs.',
    remedy: 'Set the input; if it comes from an earlier step, look at that step first.',
  },
  HANDLE_INVALID: {
    meaning: 'The key input is not a tierseal key handle of a known version and kind.',
    remedy: 'Pass the output `key` of vault-fetch-key unchanged.',
  },
} as const satisfies CodeTable
