import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { temporaryDirectory, toolPath } from '@tierseal/test-kit'

const repository = resolve(import.meta.dirname, '../../..')
const applets = ['sh', 'cat', 'ls', 'cp', 'rm', 'mkdir', 'mount', 'umount', 'true', 'sleep', 'env']

/** A root folder that a build may delete, and what runs a program in it. */
export interface TestContainer {
  /** The root, as this machine sees it. */
  readonly root: string
  /** Goes before a program to run it inside, in a folder of the volume. */
  wrapper(workingDirectory: string): readonly string[]
  stop(): void
}

// Mounts in a namespace of their own, which lasts as long as this process.
const mounts = `set -eu
root=$1 volume=$2; shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs devices "$root/dev"
mknod -m 0666 "$root/dev/null" c 1 3; mknod -m 0666 "$root/dev/zero" c 1 5; mknod -m 0666 "$root/dev/urandom" c 1 9
mkdir -p "$root$volume"; mount --bind "$volume" "$root$volume"
for folder; do
  mkdir -p "$root$folder"; mount --bind "$folder" "$root$folder"; mount -o remount,bind,ro "$root$folder"
done
echo ready
exec sleep 600`

/**
 * A container as executor in-place asks for: the executor in /kaniko, node and the action on mounts that are
 * read-only, workspace and RUNNER_TEMP on a volume; all else on a root of its own.
 *
 * @param volume the folder of this machine that is the volume, under the same path inside
 */
export async function makeContainer(executor: string, volume: string): Promise<TestContainer> {
  const root = temporaryDirectory('container')
  for (const name of ['bin', 'dev', 'etc', 'kaniko/ssl/certs', 'proc', 'tmp', 'usr/bin', 'lib64'])
    mkdirSync(join(root, name), { recursive: true })
  copyFileSync(toolPath('busybox'), join(root, 'bin/busybox'))
  for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet))
  for (const program of ['setpriv', 'unshare']) place(`/usr/bin/${program}`, root, 'usr/bin')
  copyFileSync(executor, join(root, 'kaniko/executor'))
  chmodSync(join(root, 'kaniko/executor'), 0o755)
  writeFileSync(join(root, '.dockerenv'), '')
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
  mkdirSync(join(root, 'opt'))
  writeFileSync(join(root, 'opt/of-the-container'), 'its own\n')
  writeFileSync(join(root, '.stand-in-may-clean'), '')
  const holder = await holdMounts(root, volume)
  const entering = ['nsenter', `--target=${holder.pid}`, '--mount', '--', 'unshare']
  return {
    root,
    wrapper: (workingDirectory) => [
      ...entering,
      `--root=${root}`,
      `--wd=${workingDirectory}`,
      '--',
    ],
    stop: () => holder.kill('SIGKILL'),
  }
}

async function holdMounts(root: string, volume: string): Promise<ChildProcess> {
  const folders = [repository, dirname(realpathSync(process.execPath)), ...libraryFolders()]
  const script = ['sh', '-c', mounts, 'mounts', root, volume, ...new Set(folders)]
  const own = ['--mount', '--propagation', 'private', '--', ...script]
  const holder = spawn('unshare', own, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(holder.stdout, 'data')
  if (!String(said).startsWith('ready')) throw new Error(`the container cannot be made: ${said}`)
  return holder
}

function place(path: string, root: string, folder: string): void {
  copyFileSync(realpathSync(path), join(root, folder, path.slice(path.lastIndexOf('/') + 1)))
}

// Where the loader finds what node, setpriv and unshare are linked to.
function libraryFolders(): readonly string[] {
  const maps = readFileSync('/proc/self/maps', 'utf8')
  const libraries = [...maps.matchAll(/ (\/\S+\.so[.\d]*)$/gm)].map(([, path = '']) =>
    dirname(path),
  )
  // The loader is found by these names; /lib may be a link to /usr/lib on this machine.
  return [...new Set(['/lib64', ...libraries.map((path) => path.replace(/^\/usr/, ''))])]
}
