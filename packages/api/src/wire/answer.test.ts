import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiFailure, Bug, type JsonObject } from '@altostack/core'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import {
  addHost,
  deleteHost,
  deployVirtualMachine,
  listHosts,
  listVirtualMachines,
  login,
  registerUserKeys,
  startVirtualMachine,
} from '../registry.ts'
import { answerBody, jobResult, wrapperOf } from './answer.ts'
import { descriptionHeader, errorWrapper, failedJobResult, failureOf } from './failure.ts'
import { resolvePage, slicePage } from './paging.ts'
import { formatDate, parseDate } from './parse-date.ts'
import { contentTypes, escapeXml, serialise, toXml, wireFormat } from './serialise.ts'
import { shapeObject } from './shape.ts'

const created = Date.UTC(2026, 0, 31, 12, 30, 5)
const host = { id: 'h', name: 'kvm1', state: 'Up', created, removed: null, cpunumber: undefined }

test('a list has count and items; an empty one nothing; a page past the end only the count', () => {
  assert.deepEqual(answerBody(listHosts, { kind: 'list', items: [host], count: 7 }, 'Admin'), {
    count: 7,
    host: [{ id: 'h', name: 'kvm1', state: 'Up', created: '2026-01-31T12:30:05+0000' }],
  })
  assert.deepEqual(answerBody(listHosts, { kind: 'list', items: [], count: 0 }, 'Admin'), {})
  assert.deepEqual(answerBody(listHosts, { kind: 'list', items: [], count: 7 }, 'Admin'), { count: 7 })
})

test('single answers have their key; some are a list of one; login has none', () => {
  const started = answerBody(startVirtualMachine, { kind: 'object', view: { id: 'v' } }, 'Admin')
  assert.deepEqual(started, { virtualmachine: { id: 'v' } })
  const added = answerBody(addHost, { kind: 'object', view: host }, 'Admin')
  assert.equal(added.count, 1)
  assert.ok(Array.isArray(added.host))
  assert.deepEqual(answerBody(login, { kind: 'object', view: { sessionkey: 's' } }, 'User'), { sessionkey: 's' })
})

test('jobs, created ids, successes and plans sit directly in the wrapper', () => {
  assert.deepEqual(answerBody(deployVirtualMachine, { kind: 'job', jobid: 'j', id: 'v' }, 'User'), {
    id: 'v',
    jobid: 'j',
  })
  const keys = answerBody(registerUserKeys, { kind: 'job', jobid: 'j', view: { apikey: 'a' } }, 'User')
  assert.deepEqual(keys, { jobid: 'j', userkeys: { apikey: 'a' } })
  assert.deepEqual(answerBody(deleteHost, { kind: 'success', text: 'gone' }, 'Admin'), {
    success: true,
    displaytext: 'gone',
  })
  assert.deepEqual(jobResult(deleteHost, { kind: 'success', text: 'gone' }, 'Admin'), {
    success: true,
    details: 'gone',
  })
  const plan = {
    ok: false,
    steps: [],
    claims: [],
    moves: [],
    refusals: [{ code: 'c', entity: 'e', seen: 's', fix: 'f' }],
  }
  assert.deepEqual(answerBody(deleteHost, { kind: 'dryrun', plan }, 'Admin'), { dryrun: plan })
  assert.equal(wrapperOf(listVirtualMachines), 'listvirtualmachinesresponse')
})

test('others than root do not see fields of the infrastructure', () => {
  const view = {
    id: 'v',
    hostid: 'h',
    hostname: 'kvm1',
    instancename: 'i-2-3-VM',
    nic: [{ id: 'n', broadcasturi: 'vlan://untagged' }],
  }
  const asRoot = shapeObject(listVirtualMachines.response, view, 'Admin')
  assert.equal(asRoot.hostname, 'kvm1')
  assert.deepEqual(shapeObject(listVirtualMachines.response, view, 'User'), { id: 'v', nic: [{ id: 'n' }] })
})

test('a view with an undeclared field or a wrong type is a Bug', () => {
  for (const view of [
    { nosuchfield: 1 },
    { id: 1 },
    { created: 'today' },
    { cpunumber: 1.5 },
    { created: Number.NaN },
    { details: [] },
  ]) {
    assert.throws(() => shapeObject(listHosts.response, view, 'Admin'), Bug, JSON.stringify(view))
  }
})

test('JSON only when asked for', () => {
  assert.equal(wireFormat('JSON'), 'json')
  assert.equal(wireFormat(undefined), 'xml')
  assert.equal(contentTypes.json, 'application/json;charset=UTF-8')
  assert.equal(serialise('json', 'xresponse', { a: [1] }, '4.23.0.0'), '{"xresponse":{"a":[1]}}')
})

test('XML repeats elements, nests objects and escapes', () => {
  assert.equal(
    toXml(
      'xresponse',
      { count: 1, host: [{ id: 'a<b', ok: true, tags: ['x', 'y'], details: { 'a b': '1' } }] },
      '4.23.0.0',
    ),
    '<?xml version="1.0" encoding="UTF-8"?><xresponse cloud-stack-version="4.23.0.0"><count>1</count><host><id>a&lt;b</id>' +
      '<ok>true</ok><tags>x</tags><tags>y</tags><details><a_b>1</a_b></details></host></xresponse>',
  )
  const failure = failureOf(
    apiFailure('api.in-use', 'In use', { fix: '', entities: [{ uuid: 'u', description: 'd' }] }),
    true,
  )
  assert.ok(
    toXml('x', failure as unknown as JsonObject, '4').includes(
      '<uuidList><uuid>u</uuid><uuidProperty>d</uuidProperty></uuidList>',
    ),
  )
})

test('any answer is well-formed XML whose text comes back', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(text, fc.array(text), fc.integer())), (body) => {
      const parser = new SaxesParser()
      const seen: string[] = []
      let current = ''
      parser.on('error', (error) => {
        throw error
      })
      parser.on('opentag', () => {
        current = ''
      })
      parser.on('text', (part) => {
        current += part
      })
      parser.on('closetag', ({ name }) => {
        if (name !== 'xresponse') seen.push(current)
      })
      parser.write(toXml('xresponse', body, '4.23.0.0')).close()
      const lost = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
      const expected = Object.entries(body)
        .filter(([name]) => name !== 'uuidList')
        .flatMap(([, value]) => value)
        .map((value) => String(value).replace(lost, '\ufffd'))
      if (!Object.hasOwn(body, 'uuidList')) assert.deepEqual(seen, expected)
    }),
  )
  assert.equal(escapeXml('\r&"\''), '&#13;&amp;&quot;&apos;')
})

test('errors have number, class number, text with the fix, and the objects they speak of', () => {
  const entities = [{ uuid: 'u', description: 'hostId' }]
  const error = apiFailure('api.insufficient-capacity', 'No host fits', { entities, fix: 'Add a host.' })
  assert.deepEqual(failureOf(error, true), {
    uuidList: entities,
    errorcode: 533,
    cserrorcode: 4325,
    errortext: 'No host fits. Add a host.',
    code: 'api.insufficient-capacity',
    cause: 'No host fits',
    fix: 'Add a host.',
  })
  const hidden = failureOf(error, false)
  assert.equal(hidden.code, undefined)
  assert.deepEqual(hidden.uuidList, [])
  assert.ok(!hidden.errortext.includes('Add a host'))
  const parameter = failureOf(apiFailure('api.parameter', 'Bad id', { fix: 'Send one.' }), false)
  assert.equal(parameter.errortext, 'Bad id. Send one.')
  assert.equal(parameter.cserrorcode, 4350)
  assert.equal(failureOf(new Bug('secret detail'), false).errorcode, 530)
  assert.ok(!failureOf(new Bug('secret detail'), false).errortext.includes('secret'))
  assert.ok(failureOf(new Bug('root sees it'), true).errortext.includes('root sees it'))
  assert.deepEqual(failedJobResult(parameter), {
    errorcode: 431,
    errortext: 'Bad id. Send one.',
    code: 'api.parameter',
    cause: 'Bad id',
    fix: 'Send one.',
  })
})

test('the wrapper of an error', () => {
  assert.equal(errorWrapper('listhostsresponse', 431), 'listhostsresponse')
  assert.equal(errorWrapper('listhostsresponse', 432), 'errorresponse')
  assert.equal(errorWrapper(undefined, 401), 'errorresponse')
  assert.equal(descriptionHeader('a\r\nSet-Cookie: ü'), 'a??Set-Cookie: ?')
})

test('pages', () => {
  assert.deepEqual(resolvePage({}, 500), { offset: 0, limit: 500 })
  assert.deepEqual(resolvePage({ page: 3, pagesize: 20 }, 500), { offset: 40, limit: 20 })
  assert.deepEqual(resolvePage({ pagesize: -1 }, 500), { offset: 0, limit: null })
  assert.deepEqual(resolvePage({}, -1), { offset: 0, limit: null })
  for (const wrong of [
    { page: 1 },
    { pagesize: 5 },
    { page: 1, pagesize: 501 },
    { page: 0, pagesize: 5 },
    { page: 1, pagesize: 0 },
    { page: 1, pagesize: -1 },
  ]) {
    assert.throws(() => resolvePage(wrong, 500), { api: 431 }, JSON.stringify(wrong))
  }
  assert.deepEqual(slicePage([1, 2, 3], { offset: 1, limit: 1 }), [2])
  assert.deepEqual(slicePage([1, 2, 3], { offset: 1, limit: null }), [2, 3])
})

test('dates', () => {
  for (const text of [
    '2026-01-31T12:30:05+0000',
    '2026-01-31T12:30:05Z',
    '2026-01-31 12:30:05',
    '2026-01-31T13:30:05.000+01:00',
  ]) {
    assert.equal(parseDate(text), created, text)
  }
  for (const text of [
    '',
    '2026-1-1',
    '2026-13-01',
    '2026-02-29',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00+1900',
  ]) {
    assert.equal(parseDate(text), undefined, text)
  }
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      assert.equal(parseDate(formatDate(seconds * 1000)), seconds * 1000)
    }),
  )
})
