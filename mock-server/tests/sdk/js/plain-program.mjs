// A user's program: the SDK in its defaults, set up by environment variables alone.
// Prints what it understood as one line of JSON.

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient();
const request = {
  modelId: "anthropic.claude-3-5-sonnet-20241022-v2:0",
  messages: [{ role: "user", content: [{ text: "Hello" }] }],
};

const whole = await client.send(new ConverseCommand(request));
const streamed = await client.send(new ConverseStreamCommand(request));
const events = [];
let text = "";
for await (const event of streamed.stream) {
  events.push(...Object.keys(event));
  text += event.contentBlockDelta?.delta?.text ?? "";
}
client.destroy();

console.log(
  JSON.stringify({
    handler: client.config.requestHandler.constructor.name,
    text: whole.output.message.content[0].text,
    stopReason: whole.stopReason,
    streamed: text,
    events,
  }),
);
