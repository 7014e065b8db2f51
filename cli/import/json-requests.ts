type Fields = Readonly<Record<string, unknown>>

/** Whether a JSON value is an ExportTraceServiceRequest, going by its one field. */
export function isTraceRequest(value: unknown): value is Fields {
  return isFields(value) && Array.isArray(value.resourceSpans)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A request as several of at most so many spans each: what stands around the spans is repeated in each. */
export function splitJson(request: Fields, maxSpans: number): Fields[] {
  const parts: Fields[] = []
  let group: Fields[] = []
  let room = maxSpans
  const close = () => {
    if (group.length > 0) parts.push({ ...request, resourceSpans: group })
    group = []
    room = maxSpans
  }
  for (const resource of listOf(request.resourceSpans)) {
    for (const scope of listOf(resource.scopeSpans)) {
      const spans = Array.isArray(scope.spans) ? scope.spans : []
      for (let start = 0; start < spans.length; ) {
        const taken = spans.slice(start, start + room)
        group.push({ ...resource, scopeSpans: [{ ...scope, spans: taken }] })
        start += taken.length
        room -= taken.length
        if (room === 0) close()
      }
    }
  }
  close()
  return parts
}

export function countSpans(request: Fields): number {
  return listOf(request.resourceSpans)
    .flatMap((resource) => listOf(resource.scopeSpans))
    .reduce((sum, { spans }) => sum + (Array.isArray(spans) ? spans.length : 0), 0)
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}
