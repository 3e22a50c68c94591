import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { command } from './command.ts'
import { whyNoNode } from './node-rights.ts'

const script = `import { whyNoNode } from ${JSON.stringify(fileURLToPath(new URL('./node-rights.ts', import.meta.url)))}
console.log(whyNoNode(() => true) ?? 'a node can run')`

// In a process of its own, which takes its rights away from itself before it asks.
function askAs(...wrapper: readonly string[]): Promise<string> {
  const [program = '', ...args] = wrapper
  const node = [process.execPath, '--conditions=source', '--input-type=module', '--eval', script]
  return command(program, [...args, ...node])
}

const lacksRoot = process.getuid?.() !== 0

describe.skipIf(lacksRoot)('the lab has no node, and says why,', () => {
  it('where CAP_SYS_ADMIN is missing', async () => {
    const said = await askAs('setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', '--')
    expect(said).toBe('this process lacks CAP_SYS_ADMIN, which mounts need\n')
  })

  it('where the cgroups are not writable', async () => {
    const readOnly = 'mount --bind -o ro /sys/fs/cgroup /sys/fs/cgroup && exec "$@"'
    const said = await askAs('unshare', '--mount', 'sh', '-c', readOnly, 'sh')
    expect(said).toBe('/sys/fs/cgroup is not writable\n')
  })
})

describe('the lab has no node, and says why,', () => {
  it('where one of its programs cannot be had', () => {
    const why = lacksRoot ? /CAP_SYS_ADMIN|cgroup/ : /kubelet.* could not all be obtained/
    expect(whyNoNode(() => false)).toMatch(why)
  })
})
