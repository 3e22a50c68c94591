/** What of a container kubelet expands before it starts it. */
interface Expanded {
  readonly command: readonly string[]
  readonly args?: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

/**
 * The container with its texts as they are: kubelet puts a variable of the container in the place of `$(NAME)`, and
 * `$` in that of `$$`, so a build argument `a$$b` would make another image in a pod than on the runner
 * (docs/decisions/0149-dollars-in-a-build-pod.md).
 */
export function literal<T extends Expanded>(container: T): T {
  const { command, args, env } = container
  return {
    ...container,
    command: command.map(escaped),
    ...(args === undefined ? {} : { args: args.map(escaped) }),
    env: env.map(({ name, value }) => ({ name, value: escaped(value) })),
  }
}

function escaped(text: string): string {
  return text.replaceAll('$', () => '$$')
}
