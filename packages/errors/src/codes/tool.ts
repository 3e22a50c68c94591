import type { CodeTable } from '../code-entry.ts'

/** What is wrong with the programs that a step drives, and with the machine that it runs on. */
export const toolCodes = {
  DISK_FAILED: {
    meaning: 'The disk of the runner is full, over its quota, read-only or broken.',
    remedy: 'Make room, or look at the disk; the message is what the system says.',
  },
  TOOL_MISSING: {
    meaning: 'A program that the step drives is not on PATH. Actions never download anything.',
    remedy: 'Install the program in the runner image, or name it with the <tool>-path input.',
  },
  TOOL_VERSION: {
    meaning: 'The program found is of a version that is not supported.',
    remedy: 'Install a supported version; the message names the range.',
  },
  TOOL_FAILED: {
    meaning:
      'A program that the step drives fails at a mere question, such as its version: it is broken, or for another machine.',
    remedy: 'Run it in the runner image; the message quotes the last line of what it said.',
  },
  TOOL_TIMEOUT: {
    meaning: 'The program did not end within the deadline and was killed with all its children.',
    remedy: 'See what it waited for; raise timeout-seconds only if it was really working.',
  },
  PERMISSION_MISSING: {
    meaning:
      'The runner lacks what the build needs: a right such as chroot, a folder to write to, room on a disk.',
    remedy: 'Give it what the message names, or choose another executor or engine.',
  },
} as const satisfies CodeTable
