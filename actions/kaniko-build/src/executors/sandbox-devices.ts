import {
  chmodSync,
  closeSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { type Containment, contained, works } from '../containment.ts'

// Major and minor number of each (Linux, Documentation/admin-guide/devices.txt).
const devices = [
  ['null', '1', '3'],
  ['zero', '1', '5'],
  ['full', '1', '7'],
  ['random', '1', '8'],
  ['urandom', '1', '9'],
] as const

// With an empty file in the place of these a program would find no randomness, or its own output again.
const indispensable: readonly string[] = ['null', 'random', 'urandom']

const links = [
  ['fd', ''],
  ['stdin', '/0'],
  ['stdout', '/1'],
  ['stderr', '/2'],
] as const

/**
 * Gives the root the devices that programs expect. Where none can be made, as in a user namespace or on a file
 * system without devices, an empty file is left on which those of the runner are to be bound.
 *
 * @returns the devices to bind, with withDevices
 * @throws KnownError PERMISSION_MISSING where they cannot be bound either
 */
export async function placeDevices(
  root: string,
  containment: Containment,
): Promise<readonly string[]> {
  for (const [name, target] of links) symlinkSync(`/proc/self/fd${target}`, join(root, 'dev', name))
  const missing: string[] = []
  for (const [name, major, minor] of devices) {
    const node = join(root, 'dev', name)
    // Busybox knows no longer form of this option.
    const made = await works(['mknod', '-m', '0666', node, 'c', major, minor])
    if (made && isUsable(node)) continue
    if (made) unlinkSync(node)
    writeFileSync(node, '')
    chmodSync(node, 0o666)
    missing.push(name)
  }
  return missing.length === 0 || (await canBind(root, missing, containment)) ? missing : []
}

/** The argv that runs a command with devices of the runner in the root; only in a mount namespace of its own. */
export function withDevices(
  root: string,
  names: readonly string[],
  command: readonly string[],
): readonly string[] {
  if (names.length === 0) return command
  const bind = 'for name in $1; do mount -o bind "/dev/$name" "$0/dev/$name" || exit 1; done'
  return ['sh', '-c', `${bind}; shift; exec "$@"`, root, names.join(' '), ...command]
}

async function canBind(
  root: string,
  names: readonly string[],
  containment: Containment,
): Promise<boolean> {
  const command = contained(containment, withDevices(root, names, ['true']))
  if (containment === 'namespaces' && (await works(command))) return true
  const paths = names.map((name) => `/dev/${name}`).join(', ')
  if (names.some((name) => indispensable.includes(name))) throw withoutDevices(paths)
  log.warning(`sandbox: an empty file is in the place of ${paths}: no such device can be made here`)
  return false
}

function withoutDevices(paths: string): KnownError {
  return new KnownError(
    'PERMISSION_MISSING',
    `the sandbox has no ${paths}: they can neither be made here nor bound`,
    {
      hint: 'Give the runner container CAP_MKNOD (Docker does by default) and RUNNER_TEMP a file system that allows devices, or use executor: kubernetes.',
    },
  )
}

function isUsable(node: string): boolean {
  try {
    const descriptor = openSync(node, 'r+')
    // /dev/full takes no byte; every other does.
    if (!node.endsWith('/full')) writeSync(descriptor, '\n')
    closeSync(descriptor)
    return true
  } catch {
    return false
  }
}
