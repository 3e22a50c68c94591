import type { CodeTable } from '../code-entry.ts'

/** What is wrong with the programs that a step drives. */
export const toolCodes = {
  TOOL_MISSING: {
    meaning: 'A program that the step drives is not on PATH. Actions never download anything.',
    remedy: 'Install the program in the runner image, or name it with the <tool>-path input.',
  },
  TOOL_VERSION: {
    meaning: 'The program found is of a version that is not supported.',
    remedy: 'Install a supported version; the message names the range.',
  },
  TOOL_FAILED: {
    meaning: 'The program ended with a failure that is not in the table of known failures.',
    remedy: 'Read the last lines of its output, which the message quotes.',
  },
  TOOL_TIMEOUT: {
    meaning: 'The program did not end within the deadline and was killed with all its children.',
    remedy: 'See what it waited for; raise timeout-seconds only if it was really working.',
  },
  PERMISSION_MISSING: {
    meaning:
      'The step needs a right that the runner does not have (chroot, tmpfs, a writable folder).',
    remedy: 'Grant what the message names, or choose another executor or handover.',
  },
} as const satisfies CodeTable
