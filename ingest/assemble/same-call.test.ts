import { expect, it } from 'vitest'
import { isSameTool, isUniqueId } from './same-call.ts'

it.each([
  'call_bsb30q01',
  'call_AbCdEfGhIjKlMnOpQrStUvWx',
  'toolu_01A09q90qw90lq917835lq9',
  'b1946ac9-2492-4b13-a7f1-0c9d8e7f6a5b',
])('takes %s for minted', (id) => {
  expect(isUniqueId(id)).toBe(true)
})

it.each([
  '',
  '0',
  'call_0',
  'call_00000001',
  'call_get_weather',
  'functions.search:0',
  'get_shipment_status',
])('takes %j for counted or a name', (id) => {
  expect(isUniqueId(id)).toBe(false)
})

it('knows a tool under a prefix and in another spelling, and not by a part of its name', () => {
  expect(isSameTool('get_order', 'mcp__shop__get_order')).toBe(true)
  expect(isSameTool('getOrder', 'get_order')).toBe(true)
  expect(isSameTool('order', 'reorder')).toBe(false)
  expect(isSameTool('', 'order')).toBe(false)
})
