/** How a workflow reads a secret of the forge; the name has been checked to be one. */
export function secretExpression(name: string): string {
  return `\${{ secrets.${name} }}`
}

/** What the runner alone knows of its job: its repository, and its own token, which may read it. */
export function jobExpression(name: 'repository' | 'token'): string {
  return `\${{ github.${name} }}`
}
