import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command, labPath, program } from '@tierseal/test-kit/lab'
import { copyProgram, pushOverBase } from './program-layer.ts'

// Who has a real executor names it, and its pods are held to the same.
const realKaniko = process.env['TIERSEAL_KANIKO']

/**
 * What a build pod needs beyond the action's own profile. Buildah's chroot isolation mounts; kaniko does not,
 * so it gets nothing.
 */
export const podProfile: object =
  realKaniko === undefined
    ? {
        allowPrivilegeEscalation: true,
        capabilities: { add: ['SYS_ADMIN', 'SYS_CHROOT', 'MKNOD'] },
        seccompProfile: { type: 'Unconfined' },
      }
    : {}

/**
 * An image that keeps the contract of a kaniko executor with Debian's buildah: the lab's stand-in, since no
 * kaniko can be had as a package. Gives it by digest.
 */
export async function pushBuilderImage(): Promise<string> {
  const root = labPath('builder')
  await makeRoot(root, 'executor.sh')
  mkdirSync(join(root, 'etc/containers'), { recursive: true })
  writeFileSync(
    join(root, 'etc/containers/policy.json'),
    '{"default":[{"type":"insecureAcceptAnything"}]}',
  )
  if (realKaniko === undefined) {
    const { binary, libraries } = locateBuildah()
    await copyProgram(root, binary, 'usr/bin/buildah', libraries)
  }
  return pushOverBase(root, 'platform/builder')
}

/**
 * The same with crane, for Dockerfiles without a RUN: a stand-in that needs no more than the action's own profile, so that
 * pods of the defaults can be seen to build. Gives it by digest.
 */
export async function pushPlainBuilderImage(): Promise<string> {
  const root = labPath('plain-builder')
  await makeRoot(root, 'plain-executor.sh')
  if (realKaniko === undefined) await copyProgram(root, program('crane'), 'usr/bin/crane')
  return pushOverBase(root, 'platform/plain-builder')
}

async function makeRoot(root: string, standIn: string): Promise<void> {
  for (const directory of ['bin', 'kaniko', 'work', 'root', 'usr/bin']) {
    mkdirSync(join(root, directory), { recursive: true })
  }
  const script = fileURLToPath(new URL(standIn, import.meta.url))
  copyFileSync(realKaniko ?? script, join(root, 'kaniko/executor'))
  await command('chmod', ['0755', join(root, 'kaniko/executor')])
}

// Taken from the machine, or unpacked behind a wrapper that knows its libraries.
function locateBuildah(): { binary: string; libraries: string } {
  const path = program('buildah')
  const unpacked = join(dirname(dirname(path)), 'root')
  if (!existsSync(unpacked)) return { binary: path, libraries: '' }
  const folders = ['usr/lib', 'lib'].flatMap((folder) => {
    const parent = join(unpacked, folder)
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []
  })
  const libraries = folders.filter((folder) => folder.endsWith('-linux-gnu')).join(':')
  return { binary: join(unpacked, 'usr/bin/buildah'), libraries }
}
