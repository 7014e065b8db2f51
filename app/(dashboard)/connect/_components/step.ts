/** What snippets are filled with. */
export interface SnippetValues {
  /** Address of this server as the reader's browser knows it. */
  readonly origin: string
  readonly agent: string
  readonly environment: string
}

/** One thing to do, with the code to paste. */
export interface Step {
  readonly title: string
  readonly text: string
  readonly blocks: readonly { readonly caption: string; readonly code: string }[]
}
