import { closeSync, openSync, readSync } from 'node:fs'

/** The module of a Go program and its version, as the toolchain has recorded them in the file. */
export interface BuildInfo {
  readonly module: string
  /** `v3.1.3`; `(devel)` or a pseudo-version where it was not built from a release. */
  readonly version: string
}

// The machines of the ELF specification that Node has names for.
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 }

// What a file claims of itself is not believed beyond these.
const maxSections = 200
const maxBytes = 1024 * 1024

/**
 * Reads what `go version -m` reads, without starting the program (Go's package debug/buildinfo: the section
 * .go.buildinfo of an ELF file). Undefined where there is none, as in a script, where the program is for another machine,
 * and where the file may be run and not read: then only a start can tell.
 */
export function tryReadBuildInfo(path: string): BuildInfo | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const section = findSection(file, '.go.buildinfo')
      return section && parseBuildInfo(section)
    } finally {
      closeSync(file)
    }
  } catch {
    // It cannot be read, ends too early, or counts wrongly.
    return undefined
  }
}

function findSection(file: number, wanted: string): Buffer | undefined {
  const header = readAt(file, 0, 64)
  const isElf64 = header.readUInt32BE(0) === 0x7f454c46 && header.readUInt16BE(4) === 0x0201
  if (!isElf64 || header.readUInt16LE(18) !== machines[process.arch]) return undefined
  const count = header.readUInt16LE(60)
  if (header.readUInt16LE(58) !== 64 || count > maxSections) return undefined
  const table = readAt(file, Number(header.readBigUInt64LE(40)), count * 64)
  const sections = Array.from({ length: count }, (_, index) => table.subarray(index * 64))
  const names = sections[header.readUInt16LE(62)]
  if (names === undefined) return undefined
  const text = contentOf(file, names)
  const found = sections.find((section) => nameAt(text, section.readUInt32LE(0)) === wanted)
  return found && contentOf(file, found)
}

function contentOf(file: number, section: Buffer): Buffer {
  const size = Math.min(Number(section.readBigUInt64LE(32)), maxBytes)
  return readAt(file, Number(section.readBigUInt64LE(24)), size)
}

function nameAt(names: Buffer, start: number): string {
  return names.toString('latin1', start, names.indexOf(0, start))
}

// Since Go 1.18 two strings stand in the section itself, each behind its length: Go's version, and the modules between
// two marks of 16 bytes.
function parseBuildInfo(section: Buffer): BuildInfo | undefined {
  const isInline = (section.readUInt8(15) & 2) !== 0
  if (section.toString('latin1', 0, 14) !== '\xff Go buildinf:' || !isInline) return undefined
  const [, afterVersion] = stringAt(section, 32)
  const [modules] = stringAt(section, afterVersion)
  const [, module, version] = /^mod\t([^\t\n]+)\t([^\t\n]+)/m.exec(modules.slice(16, -16)) ?? []
  return module === undefined || version === undefined ? undefined : { module, version }
}

/** A string behind its length (a varint, seven bits a byte), and where it ends. */
function stringAt(bytes: Buffer, start: number): readonly [text: string, end: number] {
  let [length, at, shift] = [0, start, 0]
  for (let byte = 0x80; byte >= 0x80; at += 1, shift += 7) {
    byte = bytes.readUInt8(at)
    length += (byte & 0x7f) * 2 ** shift
  }
  return [bytes.toString('latin1', at, at + length), at + length]
}

function readAt(file: number, position: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  const read = readSync(file, bytes, 0, size, position)
  return bytes.subarray(0, read)
}
