const colours = /(?!\s)\p{Cc}\[[0-9;:]*m/gu
const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Foreign text as lines that no runner takes for a command, with all that is invisible shown by its code.
 *
 * A line may not begin with `::`, not even after blanks, which GitHub's runner trims; and it may hold no
 * `##[` at all, which that runner looks for anywhere. Characters without weight go first: .NET skips them
 * when it compares strings (docs/decisions/0100-no-line-is-a-command.md).
 */
export function harmlessLines(text: string): readonly string[] {
  return text.replaceAll(colours, '').split(lineBreak).map(disarm)
}

/** Foreign text as one line with nothing invisible in it. */
export function oneLine(text: string): string {
  return text.replaceAll(colours, '').split(lineBreak).map(showInvisible).join(' ')
}

function disarm(line: string): string {
  return showInvisible(line)
    .replace(/^([^\x21-\x7e]*)(?=::)/, '$1\\')
    .replaceAll(/#(?=#\[)/g, '#\\')
}

function showInvisible(line: string): string {
  return line.replaceAll(invisible, (character) =>
    character === '\t' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
