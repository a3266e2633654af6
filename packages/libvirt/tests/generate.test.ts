import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emitEnums, emitProcedures, emitTypes } from '../tools/emit.ts'
import { evaluate, parseHeaders } from '../tools/parse-headers.ts'
import { parseProtocol } from '../tools/parse-protocol.ts'

const protocolFile = `
/* A comment; with punctuation { } */
%#include "internal.h"
const DEMO_MAX = 0x10;
typedef string demo_text<DEMO_MAX>;
typedef demo_text *demo_maybe;
typedef opaque demo_uuid[VIR_UUID_BUFLEN];
struct demo_ping_args { demo_maybe name; unsigned hyper sizes<4>; char model[2]; };
struct demo_ping_ret { demo_uuid id; };
struct demo_tick_msg { int n; };
union demo_value switch (int type) {
 case KIND_INT:
   int i;
 case KIND_BOOLEAN:
   int b;
};
const DEMO_PROGRAM = 0x99;
const DEMO_PROTOCOL_VERSION = 3;
enum demo_procedure {
    /**
     * @generate: both
     * @priority: high
     * @acl: domain:read
     * @readstream: 1
     */
    DEMO_PROC_PING = 1,

    /**
     * @generate: both
     * @acl: none
     */
    DEMO_PROC_TICK = 2
};
`
const known = (): Map<string, number> => new Map(Object.entries({ VIR_UUID_BUFLEN: 16, KIND_INT: 1, KIND_BOOLEAN: 6 }))

describe('the generator', () => {
  it('reads a protocol file: types, constants, procedures and their notes', () => {
    const protocol = parseProtocol(protocolFile, known())
    assert.equal(protocol.constants.get('DEMO_MAX'), 16)
    assert.deepEqual(protocol.procedures, [
      { name: 'DEMO_PROC_PING', number: 1, priority: 'high', acl: ['domain:read'], stream: 'read' },
      { name: 'DEMO_PROC_TICK', number: 2, priority: 'low', acl: ['none'], stream: 'none' },
    ])
    const types = emitTypes(protocol.items.filter((item) => item.kind !== 'enum'))
    assert.match(
      types,
      /export interface DemoPingArgs \{\n {2}name: string \| null\n {2}sizes: bigint\[\]\n {2}model: number\[\]\n\}/,
    )
    assert.match(
      types,
      /name: demoMaybe,\n {2}sizes: x\.array\(x\.uhyper, 4\),\n {2}model: x\.fixedArray\(x\.char, 2\)/,
    )
    assert.match(types, /demoUuid: x\.Codec<string> = x\.uuid/)
    assert.match(types, /boolean: \{ tag: 6, codec: x\.bool \}/)
    const table = emitProcedures([{ name: 'demo', prefix: 'demo', protocol }])
    assert.match(table, /demo: \{ id: 0x99, version: 3 \}/)
    assert.match(
      table,
      /demoPing: \{ name: 'demoPing', .* stream: 'read', readOnly: true, .* args: t\.demoPingArgs, ret: t\.demoPingRet/,
    )
    assert.match(table, /demoTick: \{ program: 'demo', number: 2, message: t\.demoTickMsg \}/)
  })

  it('refuses what it does not understand, rather than leave it out', () => {
    assert.throws(() => parseProtocol('struct a { int b; };\nwhatever c;', known()), /not understood.*whatever/)
    assert.throws(() => parseProtocol('struct a { int b[UNKNOWN]; };', known()), /"UNKNOWN".*not known/)
    assert.throws(
      () => emitTypes(parseProtocol('struct a { b c; };', known()).items),
      /type b is used before it is declared/,
    )
    const orphan = protocolFile.replace(
      'struct demo_tick_msg',
      'struct demo_gone_args { int x; };\nstruct demo_tick_msg',
    )
    const protocol = parseProtocol(orphan, known())
    assert.throws(
      () => emitProcedures([{ name: 'demo', prefix: 'demo', protocol }]),
      /demo_gone_args belongs to no procedure/,
    )
  })

  it('reads headers: values counted, shifted and combined, sentinels left out, prefixes dropped', () => {
    const headers = parseHeaders([
      `# define VIR_THING_NAME "name"
typedef enum {
    VIR_THING_NONE = 0, /* nothing = 7 */
    VIR_THING_A = 1 << 3,
    VIR_THING_B, /* counted */
    VIR_THING_C = VIR_THING_A | 1,
    VIR_THING_TOP = (1U << 31),
# ifdef VIR_ENUM_SENTINELS
    VIR_THING_LAST
# endif
} virThing;`,
    ])
    assert.equal(headers.strings.get('VIR_THING_NAME'), 'name')
    const text = emitEnums(headers)
    assert.match(
      text,
      /export const Thing = \{\n {2}NONE: 0,\n {2}A: 8,\n {2}B: 9,\n {2}C: 9,\n {2}TOP: 2147483648,\n\} as const/,
    )
    assert.equal(evaluate('(1 << 2) | 0x10 | 1', new Map()), 21)
  })
})
