/** A small text that outlives the process. */
export interface TextFile {
  /** Null when there is none. Rejects when it cannot be read. */
  read(): Promise<string | null>
  /** Replaces it whole or not at all. Rejects when it cannot be written. */
  write(text: string): Promise<void>
}

/** Null where the runtime has no files. */
export type OpenFile = (path: string) => TextFile | null
