import { Tool } from '@tierseal/action-kit'

/** A program as it is started: what comes before its own arguments. */
export interface Command {
  readonly tool: Tool
  readonly prefix: readonly string[]
}

/**
 * The program in a network namespace of its own, where even loopback is down; as it is where the runner may not make
 * one. Go, which Kustomize is written in, asks no proxy for loopback.
 */
export async function inOwnNetwork(tool: Tool): Promise<Command> {
  const prefix = ['-r', '-n', '--']
  try {
    const unshare = await Tool.find({ name: 'unshare' })
    await unshare.ask([...prefix, 'true'])
    return { tool: unshare, prefix: [...prefix, tool.path] }
  } catch {
    return { tool, prefix: [] }
  }
}
