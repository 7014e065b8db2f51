import { respondProblem } from './respond.ts'

/** A handler for the methods that a path does not take. */
export function refuseAllBut(allowed: string): (request: Request) => Response {
  return ({ method, url }) => {
    const { pathname } = new URL(url)
    const response = respondProblem(405, `${pathname} takes ${allowed}, not ${method.slice(0, 20)}.`)
    response.headers.set('allow', allowed)
    return response
  }
}

const readOnly = refuseAllBut('GET, HEAD')

export { readOnly as DELETE, readOnly as PATCH, readOnly as POST, readOnly as PUT }
