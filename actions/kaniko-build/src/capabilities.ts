import { readFileSync } from 'node:fs'

// Numbers of linux/capability.h.
const numbers = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_ADMIN: 21,
} as const

export type Capability = keyof typeof numbers

/** What unpacking the files of an image, with their owners and modes, takes. */
export const unpackingCapabilities: readonly Capability[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_SETGID',
  'CAP_SETUID',
]

/** The asked-for capabilities that are not effective, from the text of /proc/self/status. */
export function missingCapabilities(
  wanted: readonly Capability[],
  status: string = readFileSync('/proc/self/status', 'utf8'),
): readonly Capability[] {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  const effective = BigInt(`0x${hex}`)
  return wanted.filter((name) => (effective & (1n << BigInt(numbers[name]))) === 0n)
}
