import type { Codec } from '../xdr/codec.ts'

export type ProgramName = 'remote' | 'qemu' | 'lxc'

/** One callable procedure, as the protocol file declares it. */
export interface Procedure<Args, Ret> {
  readonly name: string
  readonly program: ProgramName
  readonly number: number
  /** `high`: the daemon answers it without waiting for a hypervisor, also while all its ordinary workers are busy. */
  readonly priority: 'high' | 'low'
  /** `read`: the daemon sends a byte stream after its answer; `write`: it expects one. */
  readonly stream: 'none' | 'read' | 'write'
  /** The daemon asks for reading rights only: a lost answer means that nothing was changed. */
  readonly readOnly: boolean
  /** It carries file descriptors, which Node's sockets cannot pass; such a call is refused by name. */
  readonly passesFds: boolean
  readonly args: Codec<Args>
  readonly ret: Codec<Ret>
}

/** One message that the daemon sends by itself. */
export interface EventMessage<T> {
  readonly program: ProgramName
  readonly number: number
  readonly message: Codec<T>
}

/** No arguments, or no answer: zero bytes. */
export const nothing: Codec<void> = { minBytes: 0, write: () => undefined, read: () => undefined }
