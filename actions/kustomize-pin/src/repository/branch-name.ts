/**
 * The name of a branch, without refs/heads/: a subset of git check-ref-format that no option and no
 * refspec can hide in.
 *
 * @throws Error
 */
export function parseBranch(text: string): string {
  const flawed = /\.\.|\/\/|@\{|\.lock(?:\/|$)|(?:^|\/)\.|[./]$/.test(text)
  if (/^[A-Za-z0-9_][A-Za-z0-9_./+@#-]*$/.test(text) && !flawed) return text
  throw new Error(`${JSON.stringify(text)} is not the name of a branch (without refs/heads/)`)
}
