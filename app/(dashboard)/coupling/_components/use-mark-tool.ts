import { useMutation, useQueryClient } from '@tanstack/react-query'
import { fetchJson } from '#components/query/fetch-json.ts'
import { type ToolMarks, toolMarksAnswerSchema } from '#lib/contract/coupling.ts'

/** Answers questions of a tool. Nothing is shown as answered before the server says so. */
export function useMarkTool(tool: string, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (marks: ToolMarks) =>
      fetchJson(`/api/v1/tools/${encodeURIComponent(tool)}/marks`, toolMarksAnswerSchema, {
        method: 'PUT',
        body: marks,
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['coupling'] })
      onDone()
    },
  })
}
