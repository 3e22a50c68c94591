import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ToolName, toolShare } from '../tools/index.ts'
import { command } from './command.ts'
import { labPath } from './layout.ts'

interface Asset {
  readonly tool: ToolName
  readonly target: string
  readonly folders: Readonly<Record<string, string>>
}

// What the servers read at run time and a Go binary does not carry: templates, definitions, wrappers.
const wanted: readonly Asset[] = [
  {
    tool: 'gitea',
    target: 'gitea',
    folders: { templates: 'templates', options: 'options', public: 'public' },
  },
  {
    tool: 'argocd',
    target: 'argocd',
    folders: { 'manifests/crds': 'crds', 'manifests/base/config': 'base/config', hack: 'hack' },
  },
  { tool: 'kyverno-controller', target: 'kyverno', folders: { 'config/crds': 'crds' } },
]

/**
 * Copies them below the lab's root, where a user without rights can read them: the tool cache is usually the
 * administrator's own.
 */
export async function prepareAssets(): Promise<void> {
  await Promise.all(wanted.map(copyAsset))
}

async function copyAsset({ tool, target, folders }: Asset): Promise<void> {
  const final = labPath('assets', target)
  if (existsSync(final)) return
  const unfinished = `${final}.new`
  for (const [from, to] of Object.entries(folders)) {
    mkdirSync(dirname(join(unfinished, to)), { recursive: true })
    cpSync(toolShare(tool, from), join(unfinished, to), { recursive: true, dereference: true })
  }
  // A Go module keeps no execute bits, which Argo CD's wrapper scripts need.
  await command('chmod', ['-R', 'u+w,a+rx', unfinished])
  await command('mv', [unfinished, final])
}
