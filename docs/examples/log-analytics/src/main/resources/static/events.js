// SPDX-License-Identifier: Apache-2.0
// Server-sent events from a fetch. EventSource would hide why it was refused, and it connects again by
// itself, which would be another analysis.

/** The events of a response as they come: {name, data}. */
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    yield* blocks.map(parse);
  }
}

function parse(block) {
  const fields = block.split("\n").map((line) => line.split(/:(.*)/s));
  const value = (name) => fields.find(([field]) => field === name)?.[1] ?? "";
  return { name: value("event"), data: JSON.parse(value("data")) };
}
