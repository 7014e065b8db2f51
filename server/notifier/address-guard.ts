import { type LookupAddress, lookup as lookupAll } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/*
 * A channel's address comes from a person and its name is resolved anew at each connection: what is judged is
 * the address that is connected to, so that a name that points elsewhere later does not get through.
 */

/** Special-purpose blocks that are not globally reachable: IANA registries (RFC 6890 and later), and multicast. */
const IPV4_BLOCKS = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
/** Also what carries an IPv4 address inside (NAT64, 6to4, Teredo), for it would lead around the list above. */
const IPV6_BLOCKS = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const

const blocked = new BlockList()
for (const [net, prefix] of IPV4_BLOCKS) blocked.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of IPV6_BLOCKS) blocked.addSubnet(net, prefix, 'ipv6')

/** The address is not one that a message may go to. */
export class AddressRefused extends Error {}

/** Whether an address reaches the public internet; an IPv4 address mapped into IPv6 counts as the former. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Resolves names for a connection and refuses those of which any address is private.
 * `allowedHosts` may be private: names or addresses as they stand in the URL, without brackets.
 */
export function createGuardedLookup(allowedHosts: ReadonlySet<string>): LookupFunction {
  return (hostname, options, callback) => {
    lookupAll(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0)
      const refused = allowedHosts.has(hostname.toLowerCase())
        ? undefined
        : addresses.find(({ address }) => !isPublicAddress(address))
      const [first] = addresses
      if (refused) callback(refuse(hostname, refused.address), '', 0)
      else if (!first) callback(new Error(`${hostname} has no address`), '', 0)
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Addresses written in the URL itself are never looked up. @throws AddressRefused */
export function requireAllowedHost(hostname: string, allowedHosts: ReadonlySet<string>): void {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) !== 0 && !allowedHosts.has(host) && !isPublicAddress(host)) throw refuse(host, host)
}

function refuse(hostname: string, address: string): AddressRefused {
  const which = hostname === address ? address : `${hostname} (${address})`
  return new AddressRefused(
    `${which} is not a public address: name it in PARASCOPE_WEBHOOK_ALLOWED_HOSTS to allow it`,
  )
}
