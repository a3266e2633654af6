import type { BenchName } from './bench.ts'

/** What is known of a bench that does not meet its aims; printed only where one is missed. */
export const shortfalls: Partial<Record<BenchName, string>> = {
  start:
    'Most of a start is loading modules: Node strips types and compiles some hundreds of files. Compiled code is kept in the data directory (main.ts), and modules of the repository are found without looking for them (own-imports.ts): 0.9 s of processor time instead of 1.55-1.75 s. One bundle of JavaScript for the packages would save most of the rest; it is not made.',
  lists:
    "The clock of a page counts what other work of the machine held of the cores; without the server's own waiting for one, the slowest of a hundred are in the detail. They stand beside the duty that compares the claims of all 25,000 hosts in some hundred transactions of 2 ms. Of the processor time of 500 virtual machines a third is SQLite, an eighth writing the JSON, an eighth packing it, a tenth collecting garbage; a keyword is looked for in all rows twice, for the count and for the page.",
  'lists-mariadb':
    'Most of the clock is waiting for the database, a process more that wants the same two cores: with one answer after the other it was two thirds, and the parts of a page are asked for side by side since then. A keyword is looked for in four columns of all rows, twice: for the count and for the page.',
  planner: 'The processor time of a plan says what it costs; the slowest plans were interrupted by other work.',
  deploys:
    'The processor time says what one core could do that the server had for itself. Here the callers, the simulated hosts and the other work of the machine share two cores with it. A profile had 29 % of the thread waiting for the disk in commits of 4 ms; transactions that end together share one since then (ADR 21).',
  'deploys-mariadb':
    'As on SQLite, with a database process besides; each statement is a round trip, which costs the server more processor time than SQLite in its own process.',
  fleet:
    "With both cores for itself it is met (19.5 s and 671 MB): 17 to 19 s of the server's processor time for the return of 5,000, its start included, and as much of the simulated hosts. Beside other work the server waits for a core for half of the time and more, and a return that takes minutes costs more, since hosts that are Up ping meanwhile. Of the 3.4 ms of a host a third is TLS and its first frames, a quarter SQLite with its commits, an eighth making SQL. Of the memory 670 to 690 MB are left when V8 has given everything back, which the server has it do when a rush of hosts is over: 160 MB without agents, 48 MB of database pages, 10 kB of JavaScript an agent, the rest TLS, of which a bare server of Node with TLS and WebSocket takes 65 to 75 kB a connection. A lower threshold of malloc for pages of their own gives nothing back at this size and costs 15 % of a call; no tickets, smaller fragments and one arena change nothing. Of the 19 ms of a first joining 4 are the certificate, made in JavaScript.",
}
