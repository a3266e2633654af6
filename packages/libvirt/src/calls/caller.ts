import type { Procedures } from '../generated/procedures.ts'
import type { NonnullDomain } from '../generated/types.ts'
import type { CallOptions } from '../rpc/connection.ts'
import type { LibvirtStream } from '../rpc/stream.ts'

/** Whatever makes calls: the client. */
export interface Caller {
  call<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options?: CallOptions,
  ): Promise<Procedures[K]['ret']>
  callStream<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options?: CallOptions,
  ): Promise<{ ret: Procedures[K]['ret']; stream: LibvirtStream }>
}

/** How calls name a domain. The daemon finds it by `uuid`; `name` and `id` (-1: not running) are only repeated in errors. */
export type DomainRef = NonnullDomain

/** A reference made from a UUID alone: saves the lookup where the UUID is known. */
export function domainRef(uuid: string, name = ''): DomainRef {
  return { uuid, name, id: -1 }
}
