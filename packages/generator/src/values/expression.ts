/** How a workflow reads a secret of the forge; the name has been checked to be one. */
export function secretExpression(name: string): string {
  return `\${{ secrets.${name} }}`
}
