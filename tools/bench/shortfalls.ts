import type { BenchName } from './bench.ts'

/** What is known of a bench that does not meet its aims; printed only where one is missed. */
export const shortfalls: Partial<Record<BenchName, string>> = {
  start:
    'Most of a start is loading modules: Node strips types and compiles some hundreds of files. Compiled code is kept in the data directory (main.ts), and modules of the repository are found without looking for them (own-imports.ts): 0.9 s of processor time instead of 1.55-1.75 s. One bundle of JavaScript for the packages would save most of the rest; it is not made.',
  lists:
    "The clock of a page counts what other work of the machine held of the cores; without the server's own waiting for one, the slowest of a hundred are in the detail. They stand beside the duty that compares the claims of all 25,000 hosts in some hundred transactions of 2 ms. Of the processor time of 500 virtual machines a third is SQLite, an eighth writing the JSON, an eighth packing it, a tenth collecting garbage; a keyword is looked for in all rows twice, for the count and for the page.",
  'lists-mariadb':
    'Most of the clock is waiting for the database, a process more that wants the same two cores: with one answer after the other it was two thirds, and the parts of a page are asked for side by side since then.',
  planner: 'The processor time of a plan says what it costs; the slowest plans were interrupted by other work.',
  deploys:
    'The processor time says what one core could do that the server had for itself. Here the callers, the simulated hosts and the other work of the machine share two cores with it. A profile had 29 % of the thread waiting for the disk in commits of 4 ms; transactions that end together share one since then (ADR 21).',
  'deploys-mariadb':
    'As on SQLite, with a database process besides; each statement is a round trip, which costs the server more processor time than SQLite in its own process.',
  fleet:
    "A profile of a thousand: a fifth of the server's time was waiting in commits, which are shared since then; a handshake with certificates on both sides cost 3.1 ms of processor time on both sides together, which a resumed session halves; nothing is verified twice. Of the memory a bare server of Node with TLS and WebSocket takes 85 kB a connection, 5 to 7 of them in JavaScript: 425 MB of 5,000, beside some 200 without agents. Smaller fragments, no tickets, one malloc arena change nothing.",
}
