import { execFileSync } from 'node:child_process'

/**
 * The folder of a Go module's source, whose manifests are its product's own; nothing of it is built.
 *
 * @param sum what go.sum would say of it: another content is an error
 */
export function goModule(module: string, sum: string): string {
  const args = ['mod', 'download', '-json', module]
  const text = execFileSync('go', args, { cwd: '/', encoding: 'utf8', timeout: 300_000 })
  const { Dir: folder, Sum: found }: { readonly Dir: string; readonly Sum: string } =
    JSON.parse(text)
  if (found !== sum) throw new Error(`${module} is ${found}, and not ${sum}`)
  return folder
}
