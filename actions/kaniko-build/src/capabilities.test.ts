import { expect, test } from 'vitest'
import { missingCapabilities } from './capabilities.ts'

// Docker's default set, as /proc/self/status shows it.
const docker = 'CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n'

test('finds what the default set of Docker has and has not', () => {
  const wanted = ['CAP_CHOWN', 'CAP_SETUID', 'CAP_SYS_CHROOT', 'CAP_SYS_ADMIN'] as const
  expect(missingCapabilities(wanted, docker)).toEqual(['CAP_SYS_ADMIN'])
})

test('finds everything missing where all was dropped', () => {
  const none = 'CapEff:\t0000000000000000\n'
  expect(missingCapabilities(['CAP_CHOWN', 'CAP_SYS_CHROOT'], none)).toHaveLength(2)
})
