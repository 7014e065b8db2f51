/**
 * The very thing with one of its methods replaced. Not a copy: it may be an instance with private state, so its
 * other methods run on the original.
 */
export function override<T extends object>(original: T, name: string, method: unknown): T {
  return new Proxy(original, {
    get(target, key) {
      if (key === name) return method
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' && !Object.hasOwn(target, key) ? value.bind(target) : value
    },
  })
}
