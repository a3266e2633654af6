/**
 * Of Node for the management server. A young generation of at most 16 MB a half: answers of lists are short-lived, and
 * with V8's own limit they leave 100 MB more with the process after some hundred; below 16 MB collecting costs more.
 * `gc` is for the end of a rush of hosts (the server's agents/after-rush.ts).
 */
export const serverNodeOptions: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=16',
  '--expose-gc',
]
