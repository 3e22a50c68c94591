/** The files of a handle of kind file, one per line. */
export const keyFilesState = 'key-files'

/** The folder for what cosign reads while it runs; nothing secret is in it. */
export const workspaceState = 'workspace'
